import { errorPolicy, isErrorCode } from '../errors';
import type { TerminalStatus } from '../task/task';

/** Headers of a stream go out with its first piece or after this long; later a failure is an event in an answer of 200. */
export const STREAM_BEGINS_MS = 10_000;
/** The client went away before the answer, as nginx logs it. */
const CLIENT_WENT_AWAY = 499;

/** How a run that a client waited for ended. */
export interface AnsweredRun {
  readonly status: TerminalStatus;
  readonly errorCode: string | null;
  readonly stream: boolean;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
}

/** The HTTP status of an answer that waited for the end of its run. */
export function answeredStatus({ status, errorCode, stream, firstTokenMs, totalMs }: AnsweredRun): number {
  if (status === 'succeeded') return 200;
  if (stream && (firstTokenMs !== null || (totalMs ?? 0) >= STREAM_BEGINS_MS)) return 200;
  if (status === 'cancelled') return CLIENT_WENT_AWAY;
  return isErrorCode(errorCode) ? errorPolicy(errorCode).status : 500;
}
