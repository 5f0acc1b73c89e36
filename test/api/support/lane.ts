import type { TaskStore, Admission } from '../../../domain/task/store';
import type { ChatChunk } from '../../../domain/provider/provider';
import type { TextLane, TextListener } from '../../../domain/runner';
import type { TaskError } from '../../../domain/task/task';

/** What the scripted lane does with the next runs. */
export interface LaneScript {
  chunks: readonly ChatChunk[];
  content: string;
  /** Laid over the choice of the whole answer, and usage beside it. */
  choice?: Readonly<Record<string, unknown>>;
  usage?: Readonly<Record<string, unknown>>;
  /** What the provider counts for a chat; absent: it does not count. */
  counted?: number;
  error: TaskError | null;
  /** Resolves when the run may end. */
  gate: Promise<void>;
}

export interface ScriptedLane extends TextLane {
  script: LaneScript;
  readonly runs: Admission[];
  readonly background: TextLane['background'];
  readonly inBackground: Admission[];
  readonly abandoned: string[];
}

export const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

/** A chunk as a provider sends it. */
export function chunkOf(delta: Readonly<Record<string, unknown>>, finishReason: string | null = null): ChatChunk {
  return { id: 'upstream', model: 'upstream-model', choices: [{ index: 0, delta, finish_reason: finishReason }] };
}

/** The port of the text lane over the real store: admits and settles in Postgres, and says what the script says. */
export function createScriptedLane(tasks: TaskStore): ScriptedLane {
  const lane: ScriptedLane = {
    script: { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() },
    runs: [],
    inBackground: [],
    abandoned: [],
    async admit(admission) {
      const [outcome] = await tasks.admit([admission]);
      return outcome!;
    },
    run(admission, { stream, listener }) {
      lane.runs.push(admission);
      void serve(admission, stream, listener);
    },
    abandon(taskId) {
      lane.abandoned.push(taskId);
    },
    background(admission, onEnd) {
      lane.inBackground.push(admission);
      onEnd();
    },
  };

  async function serve(admission: Admission, stream: boolean, listener: TextListener): Promise<void> {
    const { chunks, error, gate } = lane.script;
    await listener({ kind: 'provider', provider: 'fake', model: admission.task.model });
    if (stream) for (const chunk of chunks) await listener({ kind: 'chunk', chunk });
    await gate;
    const body = bodyOf(admission, lane.script);
    await settle(tasks, admission.task.id, error === null ? body : null, error);
    await listener({
      kind: 'ended',
      task: { status: error === null ? 'succeeded' : 'failed', body: error === null ? body : null, error, provider: 'fake' },
    });
  }
  return lane;
}

function bodyOf({ task }: Admission, { content, choice, usage }: LaneScript): Readonly<Record<string, unknown>> {
  if (task.operation === 'embedding') {
    return {
      object: 'list',
      model: task.model,
      data: [{ object: 'embedding', index: 0, embedding: 'AACAPwAAAEA=' }],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    };
  }
  const message = { role: 'assistant', content, refusal: null };
  return {
    id: task.id,
    object: 'chat.completion',
    created: 1_790_000_000,
    model: task.model,
    choices: [{ index: 0, message, finish_reason: 'stop', logprobs: null, ...choice }],
    usage: usage ?? USAGE,
  };
}

/** Ends a task as its owner would. */
export async function settle(
  tasks: TaskStore,
  taskId: string,
  body: Readonly<Record<string, unknown>> | null,
  error: TaskError | null = null,
): Promise<void> {
  await tasks.settle([
    {
      taskId,
      status: error === null ? 'succeeded' : 'failed',
      actualMicroUsd: 0n,
      costLines: [],
      usage: null,
      textResult: body === null ? null : { body },
      error,
      attempt: null,
    },
  ]);
}
