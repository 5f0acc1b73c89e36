import type { Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';

interface Locals {
  caller?: Caller;
  requestId?: string;
  startedMs?: number;
}

/** Remembers who calls, for the handlers behind `authenticate`. */
export function setCaller(response: Response, caller: Caller): void {
  (response.locals as Locals).caller = caller;
}

/** Who calls. Only behind `authenticate`. */
export function callerOf(response: Response): Caller {
  const { caller } = response.locals as Locals;
  if (caller === undefined) throw new AppError('internal', 'The route does not authenticate.');
  return caller;
}

/** Remembers the request's id and beginning (milliseconds of `performance.now`). */
export function setRequest(response: Response, requestId: string, startedMs: number): void {
  const locals = response.locals as Locals;
  locals.requestId = requestId;
  locals.startedMs = startedMs;
}

/** The answer's `x-request-id`. */
export function requestIdOf(response: Response): string {
  return (response.locals as Locals).requestId ?? '';
}

/** Milliseconds since the request came. */
export function elapsedMs(response: Response): number {
  const { startedMs } = response.locals as Locals;
  return startedMs === undefined ? 0 : performance.now() - startedMs;
}
