import type { JobRef } from '../../domain/provider/provider';
import { timeoutSignal, type MediaTask } from './deps';

/** An attempt by name. */
export interface AttemptRef {
  readonly taskId: string;
  readonly n: number;
}

const POLL_TIMEOUT_MS = 30_000;

/** The provider's job of an attempt, with a time limit for one request. */
export function jobOf(task: MediaTask, model: string, upstreamId: string): JobRef {
  return { kind: task.input.operation, model, upstreamId, signal: timeoutSignal(POLL_TIMEOUT_MS) };
}
