import type { Catalogue, Model } from '../../domain/provider/catalogue';
import type { MicroUsd } from '../../domain/money/money';
import type { Price } from '../../domain/money/price';
import { AppError } from '../../domain/errors';
import { outputTokenEstimate } from '../../domain/money/pricing';
import type { ChatChunk } from '../../domain/provider/provider';
import { NO_USAGE, type TextInput, type Usage } from '../../domain/task/generation';
import { endMessage } from '../../domain/task/error';
import type { KeptRouting } from '../../domain/provider/plan';
import type { FailedCall } from '../../domain/provider/routing';
import type { TextEnd, TextListener } from '../../domain/runner';

/** How one call of a task ended for its owner. */
export type AttemptResult =
  | { readonly kind: 'ended' }
  /** The owner decides what follows. */
  | { readonly kind: 'failed'; readonly failure: FailedCall }
  /** Not made here, or not now: another living process makes this call, or no more stored inputs fit into this one. */
  | { readonly kind: 'elsewhere' }
  /** The provider, or the rate of the task's key, has no room: nothing was begun. `againMs`: when to ask again; absent: after a while. */
  | { readonly kind: 'full'; readonly againMs?: number }
  /** Nobody has chosen a route yet. */
  | { readonly kind: 'unrouted' };

/** What the owner needs to make a call: from the admission, or read back from the database. */
export interface TextTask {
  readonly id: string;
  readonly teamId: number;
  readonly model: Model;
  /** What it was admitted, or found, by: a provider that left the configuration since still serves it. */
  readonly catalogue: Catalogue;
  readonly createdAt: Date;
  /** The most that is charged. */
  readonly reservedMicroUsd: MicroUsd;
  readonly deadlineAt: Date | null;
  readonly routing: KeptRouting | null;
  /** True for compatible endpoints: a client waits, so a call that was lost with its process is not repeated. */
  readonly hasClient: boolean;
}

/** A text task in this process: its listener, its calls in flight, its end. */
export interface TextRun {
  readonly task: TextTask;
  /** What is asked for; null once the run has ended: it may be large, and nobody calls any more. */
  input: TextInput | null;
  readonly stream: boolean;
  /** Null once the run has ended: it holds on to the request that is answered. */
  listener: TextListener | null;
  readonly abort: AbortController;
  /** The call in flight or done, by attempt number: a second caller joins the first. */
  readonly attempts: Map<number, Promise<AttemptResult>>;
  readonly delivered: DeliveredText;
  readonly startedAtMs: number;
  provider: string | null;
  /** The model of ours that serves: the task's own unless a route says another. */
  served: Model;
  /** What the provider of the call takes; null: as much as the model costs. */
  cost: Price | null;
  lastError: AppError | null;
  hasEnded: boolean;
  endedAtMs: number | null;
}

export interface TextRunOptions {
  readonly stream: boolean;
  readonly listener: TextListener | null;
}

export function createTextRun(task: TextTask, input: TextInput, options: TextRunOptions): TextRun {
  return {
    task,
    input,
    stream: options.stream,
    listener: options.listener,
    abort: new AbortController(),
    attempts: new Map(),
    delivered: createDeliveredText(),
    startedAtMs: performance.now(),
    provider: null,
    served: task.model,
    cost: null,
    lastError: null,
    hasEnded: false,
    endedAtMs: null,
  };
}

/** What a run that has not ended asks for. @throws AppError `cancelled` when it has ended */
export function inputOf({ input }: TextRun): TextInput {
  if (input === null) throw new AppError('cancelled', endMessage('cancelled'));
  return input;
}

/** Records the end once, lets go of the input and tells the listener. */
export function endRun(run: TextRun, end: TextEnd): void {
  if (run.hasEnded) return;
  run.hasEnded = true;
  run.endedAtMs = performance.now();
  const { listener } = run;
  run.input = null;
  run.listener = null;
  void listener?.({ kind: 'ended', task: end });
}

/** Counts what a stream delivered, for streams that end before the provider reports its usage. */
interface DeliveredText {
  add(chunk: ChatChunk): void;
  /** Something went out that no chunk is. */
  begin(): void;
  /** True once something a reader sees (text, a tool call, a refusal) was delivered. */
  readonly hasContent: () => boolean;
  /** The usage to settle: the whole input and the delivered output, marked as our estimate. */
  usage(inputTokens: number): Usage;
}

function createDeliveredText(): DeliveredText {
  let tokens = 0;
  let hasBegun = false;
  return {
    begin: () => void (hasBegun = true),
    add(chunk) {
      for (const choice of chunk.choices) tokens += outputTokenEstimate(choice.delta);
    },
    hasContent: () => hasBegun || tokens > 0,
    usage: (inputTokens) => ({ ...NO_USAGE, inputTokens, outputTokens: Math.ceil(tokens), estimated: true }),
  };
}
