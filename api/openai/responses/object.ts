import type { ResponseFrame } from '../../../domain/task/generation';
import type { Task } from '../../../domain/task/task';
import { flatToolsOf } from './tools';

type Fields = Readonly<Record<string, unknown>>;

/** What an answer says of its request, whatever became of it. */
export interface ResponseFacts {
  readonly taskId: string;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
  readonly isBackground: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly frame: ResponseFrame;
  /** The chat's. */
  readonly params: Fields;
  readonly instructions: unknown;
}

/** How a response stands. */
export interface ResponseState {
  readonly status: 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';
  readonly output?: readonly Fields[];
  /** The chat's, as the provider reported it. */
  readonly usage?: unknown;
  readonly reason?: 'max_output_tokens' | 'content_filter';
  readonly error?: { readonly code: string; readonly message: string };
  /** Unix seconds. */
  readonly completed?: number;
  readonly serviceTier?: unknown;
}

/** The id of a task's response: `resp_018f…` of `task_018f…`. */
export function responseId(taskId: string): string {
  return taskId.replace(/^task_/, 'resp_');
}

/** The task of a response; null when this is no id of a response. */
export function taskIdOf(id: string): string | null {
  return /^resp_[0-9a-f]{32}$/.test(id) ? id.replace('resp_', 'task_') : null;
}

/** The facts of a stored task; null when it was not made as a response. */
export function factsOf({ id, model, createdAt, endpoint, metadata, input }: Task): ResponseFacts | null {
  if (input.operation !== 'chat' || input.response === undefined) return null;
  return {
    taskId: id,
    model,
    created: Math.floor(createdAt.getTime() / 1_000),
    isBackground: endpoint === 'responses.background',
    metadata,
    frame: input.response,
    params: input.params,
    instructions: input.response.hasInstructions ? input.messages[0]?.content : null,
  };
}

/** OpenAI's `response` object. */
export function responseObject(facts: ResponseFacts, state: ResponseState): Fields {
  const { frame, params } = facts;
  const { echo } = frame;
  return {
    id: responseId(facts.taskId),
    object: 'response',
    created_at: facts.created,
    completed_at: state.completed ?? null,
    status: state.status,
    background: facts.isBackground,
    error: state.error ?? null,
    incomplete_details: state.reason === undefined ? null : { reason: state.reason },
    instructions: facts.instructions ?? null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: facts.model,
    output: state.output ?? [],
    parallel_tool_calls: true,
    previous_response_id: frame.previousId,
    reasoning: { effort: null, summary: null },
    store: frame.isStored,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    ...echo,
    service_tier: state.serviceTier ?? echo['service_tier'] ?? 'default',
    tools: flatToolsOf(params, frame.standIns),
    usage: state.usage === undefined || state.usage === null ? null : usageOf(state.usage as Fields),
    metadata: facts.metadata,
  };
}

/** A chat's usage by the names of this endpoint. */
function usageOf(usage: Fields): Fields {
  const prompt = (usage['prompt_tokens_details'] ?? {}) as Fields;
  const completion = (usage['completion_tokens_details'] ?? {}) as Fields;
  const [input, output] = [numberOf(usage['prompt_tokens']), numberOf(usage['completion_tokens'])];
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: numberOf(prompt['cached_tokens']), cache_write_tokens: numberOf(prompt['cache_write_tokens']) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: numberOf(completion['reasoning_tokens']) },
    total_tokens: typeof usage['total_tokens'] === 'number' ? usage['total_tokens'] : input + output,
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
