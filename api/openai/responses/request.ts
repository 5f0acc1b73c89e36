import type { Response } from 'express';
import { mayUseModel, type Caller } from '../../../domain/access/caller';
import { AppError } from '../../../domain/errors';
import type { Catalogue } from '../../../domain/provider/catalogue';
import type { ChatInput, ChatMessage } from '../../../domain/task/generation';
import type { ApiContext } from '../../deps';
import { callerOf, catalogueOf } from '../../http/context';
import { loadTask } from '../../tasks/find';
import { chatParams } from '../chat/schema';
import { given } from '../params';
import { messagesOf } from './input';
import { responsesBody, type InputItem, type ResponsesBody } from './schema';
import { conversationOf, withReferences, type Conversation, type LoadTask } from './stored';
import { chatToolsOf } from './tools';

type Fields = Readonly<Record<string, unknown>>;

/** The longest conversation that is continued, in bytes of its JSON: as much as one request may send. */
const MOST_CONVERSATION_BYTES = 32 * 1024 * 1024;

/** The chat of a request. */
export interface RequestedChat {
  readonly model: string;
  readonly input: ChatInput;
  /** What no provider is given, by the name under which the answer says so. */
  readonly aside: Fields;
}

/** Fields whose object says them as they came. */
const ECHOED = [
  'max_output_tokens',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'temperature',
  'text',
  'tool_choice',
  'top_logprobs',
  'top_p',
  'user',
] as const satisfies readonly (keyof ResponsesBody)[];

/** A response has one answer, and is kept here or not. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set(['metadata', 'n', 'store']);

const LOGPROBS = 'message.output_text.logprobs';
const SEALED = 'reasoning.encrypted_content';

/**
 * Refuses what cannot be done, where leaving it out would give another answer.
 * @throws AppError `unsupported_parameter`, `invalid_value`
 */
function refuseUnsupported(body: ResponsesBody): void {
  const refuse = (param: string, hint: string): never => {
    throw new AppError('unsupported_parameter', `${param} is not supported. ${hint}`, { param });
  };
  if ((body.conversation ?? null) !== null) {
    refuse('conversation', 'Continue a response with previous_response_id, or send the items of the conversation as input.');
  }
  if ((body.prompt ?? null) !== null) refuse('prompt', 'Stored prompts are not kept here: send instructions and input.');
  if (body.background === true && body.store === false) {
    throw new AppError(
      'invalid_value',
      'A background response is read later, so it has to be stored: leave out store, or set it to true.',
      {
        param: 'store',
      },
    );
  }
}

/**
 * The chat that a request asks for: what it refers to is read.
 * @throws AppError `unsupported_parameter`, `invalid_value`, `previous_response_not_found`, `missing_required_parameter` (model),
 *   `request_too_large`
 */
export function chatOfBody(
  context: Pick<ApiContext, 'catalogue' | 'tasks'>,
  response: Response,
  body: ResponsesBody,
): Promise<RequestedChat> {
  const load: LoadTask = (taskId) => loadTask(context, response, taskId);
  return chatOfAsker({ catalogue: catalogueOf(context, response), caller: callerOf(response), load }, body);
}

/** Who asks, where there is no request to say so. */
export interface Asker {
  readonly catalogue: Catalogue;
  readonly caller: Caller;
  readonly load: LoadTask;
}

/** As `chatOfBody`, of any asker. */
export async function chatOfAsker(asker: Asker, body: ResponsesBody): Promise<RequestedChat> {
  refuseUnsupported(body);
  const previousId = body.previous_response_id ?? null;
  const previous = previousId === null ? null : await conversationOf(asker.load, previousId);
  return chatOf(asker, body, { items: await withReferences(asker.load, body.input), previous });
}

/** @param items - the request's input, references resolved */
function chatOf(
  asker: Asker,
  body: ResponsesBody,
  { items, previous }: { readonly items: string | readonly InputItem[]; readonly previous: Conversation | null },
): RequestedChat {
  const { instructions, reasoning, text, include } = body;
  const { messages, dropped } = messagesOf(items);
  const tools = chatToolsOf(body);
  const hasInstructions = typeof instructions === 'string' && instructions !== '';
  const conversation = [
    ...(hasInstructions ? [{ role: 'system', content: instructions }] : []),
    ...(previous?.messages ?? []),
    ...messages,
  ];
  if (previous !== null) assertBounded(conversation);
  const included = new Set(include ?? []);
  const { tools: _tools, tool_choice: _choice, parallel_tool_calls: parallel, top_logprobs: top, metadata: _metadata, ...rest } = body;
  const known = Object.entries(rest).filter(([name]) => isChatParam(name));
  const params: Fields = {
    ...Object.fromEntries(known),
    ...tools.params,
    ...('tools' in tools.params ? given({ parallel_tool_calls: parallel }) : {}),
    ...given({
      max_completion_tokens: body.max_output_tokens,
      reasoning_effort: reasoning?.effort,
      verbosity: text?.verbosity,
      response_format: formatOf(text?.format),
    }),
    ...((top ?? 0) > 0 || included.has(LOGPROBS) ? { logprobs: true, top_logprobs: top ?? 0 } : {}),
  };
  const isKept = (name: string): boolean => name !== LOGPROBS && name !== SEALED;
  const aside = [
    ...dropped,
    ...tools.dropped,
    ...Object.keys(body).filter((name) => !Object.hasOwn(responsesBody.shape, name) && !isChatParam(name)),
    ...[...included].filter(isKept).map((name) => `include.${name}`),
    ...(body.truncation === 'auto' ? ['truncation'] : []),
    ...((body.max_tool_calls ?? null) === null ? [] : ['max_tool_calls']),
  ];
  return {
    model: modelOf(asker, body, previous),
    input: {
      operation: 'chat',
      messages: conversation,
      params,
      response: {
        previousId: previous?.id ?? null,
        hasInstructions,
        isStored: body.store !== false,
        sealsReasoning: included.has(SEALED),
        standIns: tools.standIns,
        echo: echoOf(body),
      },
    },
    aside: Object.fromEntries(aside.map((name) => [name, true])),
  };
}

/** Fields of a chat that this endpoint shares or lets through. */
function isChatParam(name: string): boolean {
  return Object.hasOwn(chatParams.shape, name) && !NOT_PASSED_ON.has(name);
}

function echoOf(body: ResponsesBody): Fields {
  const echo: Fields = Object.fromEntries(ECHOED.flatMap((name) => ((body[name] ?? null) === null ? [] : [[name, body[name]]])));
  return {
    ...echo,
    ...(body.reasoning ? { reasoning: { effort: null, summary: null, ...body.reasoning } } : {}),
    ...(body.text ? { text: { ...body.text, format: body.text.format ?? { type: 'text' } } } : {}),
  };
}

function formatOf(format: NonNullable<ResponsesBody['text']>['format']): unknown {
  if (format === undefined || format === null || format.type === 'text') return undefined;
  const { type, ...schema } = format;
  return type === 'json_schema' ? { type, json_schema: schema } : format;
}

/** Some clients leave the model out: then it is the one of the conversation, or the only one there is. */
function modelOf({ catalogue, caller }: Asker, { model }: ResponsesBody, previous: Conversation | null): string {
  if (model !== undefined && model !== null) return model;
  if (previous !== null) return previous.model;
  const usable = [...catalogue.models.values()]
    .filter((model) => {
      const { modality, price, capabilities } = model;
      return modality === 'text' && price !== null && capabilities.embeddings !== true && mayUseModel(caller, model);
    })
    .map(({ name }) => name);
  const [only, ...others] = usable;
  if (only !== undefined && others.length === 0) return only;
  throw new AppError(
    'missing_required_parameter',
    `Missing required parameter: model. This key may use: ${only === undefined ? 'no text model' : usable.slice(0, 10).join(', ')}.`,
    { param: 'model' },
  );
}

function assertBounded(messages: readonly ChatMessage[]): void {
  let bytes = 0;
  for (const message of messages) {
    bytes += Buffer.byteLength(JSON.stringify(message));
    if (bytes > MOST_CONVERSATION_BYTES) {
      throw new AppError('request_too_large', 'The conversation is larger than 32 MiB. Begin a new one with a summary of it.', {
        param: 'previous_response_id',
      });
    }
  }
}
