import type { Model } from '../../domain/provider/catalogue';
import type { MicroUsd } from '../../domain/money/money';
import type { AppError } from '../../domain/errors';
import type { ChatInput, EmbeddingInput } from '../../domain/task/generation';
import type { FailedCall } from '../../domain/provider/routing';
import type { TextEnd, TextListener } from '../../domain/runner';
import { createDeliveredText, type DeliveredText } from './cut-stream';

/** How one call of a task ended for its owner. */
export type AttemptResult =
  | { readonly kind: 'ended' }
  /** The owner decides what follows. */
  | { readonly kind: 'failed'; readonly failure: FailedCall }
  /** Another living process makes this call. */
  | { readonly kind: 'elsewhere' }
  /** Nobody has chosen a route yet. */
  | { readonly kind: 'unrouted' };

/** What the owner needs to make a call: from the admission, or read back from the database. */
export interface TextTask {
  readonly id: string;
  readonly model: Model;
  readonly input: ChatInput | EmbeddingInput;
  readonly createdAt: Date;
  /** The most that is charged. */
  readonly reservedMicroUsd: MicroUsd;
  readonly deadlineAt: Date | null;
  /** True for compatible endpoints: a client waits, so a call that was lost with its process is not repeated. */
  readonly hasClient: boolean;
}

/** A text task in this process: its listener, its calls in flight, its end. */
export interface TextRun {
  readonly task: TextTask;
  readonly stream: boolean;
  readonly listener: TextListener | null;
  readonly abort: AbortController;
  /** The call in flight or done, by attempt number: a second caller joins the first. */
  readonly attempts: Map<number, Promise<AttemptResult>>;
  readonly delivered: DeliveredText;
  readonly startedAtMs: number;
  provider: string | null;
  lastError: AppError | null;
  end: TextEnd | null;
  endedAtMs: number | null;
}

export function createTextRun(task: TextTask, options: { stream: boolean; listener: TextListener | null }): TextRun {
  return {
    task,
    stream: options.stream,
    listener: options.listener,
    abort: new AbortController(),
    attempts: new Map(),
    delivered: createDeliveredText(),
    startedAtMs: performance.now(),
    provider: null,
    lastError: null,
    end: null,
    endedAtMs: null,
  };
}

/** Records the end once and tells the listener. */
export function endRun(run: TextRun, end: TextEnd): void {
  if (run.end !== null) return;
  run.end = end;
  run.endedAtMs = performance.now();
  void run.listener?.({ kind: 'ended', task: end });
}
