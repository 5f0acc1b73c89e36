import type { Response } from 'express';
import { AppError, errorPolicy } from '../domain/errors';
import type { TaskError } from '../domain/task/task';
import { localsOf, requestIdOf } from './http/context';
import { setRate } from './http/rate-headers';
import { noteError } from './http/request-origin';

/** Body of every error answer. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
    readonly details?: unknown;
  };
}

/**
 * The body of an error.
 * @param requestId - ends the message: people quote the text alone when they ask for help
 */
export function errorBody(error: AppError, requestId: string): ErrorBody {
  return {
    error: {
      message: `${error.message} (request id: ${requestId})`,
      type: errorPolicy(error.code).type,
      param: error.facts.param ?? null,
      code: error.code,
      ...(error.facts.details === undefined ? {} : { details: error.facts.details }),
    },
  };
}

/** The body of an error in the shape that the request's surface has for it. */
export function errorBodyOf(response: Response, error: AppError): unknown {
  noteError(response, error.code);
  return (localsOf(response).errorShape ?? errorBody)(error, requestIdOf(response));
}

/** The stored error of a failed task as the error of an answer. */
export function errorOfTask(error: TaskError | null, taskId: string): AppError {
  if (error === null) return new AppError('internal', 'The generation ended without a result.', { taskId });
  return new AppError(error.code, error.message, {
    taskId,
    ...(error.param === null ? {} : { param: error.param }),
    ...(error.providerCode === null ? {} : { providerCode: error.providerCode }),
    ...(error.providerMessage === null ? {} : { providerMessage: error.providerMessage }),
    ...(error.details === undefined ? {} : { details: error.details }),
  });
}

/** Writes the error as the answer. Nothing of the answer may have gone out yet. */
export function sendError(response: Response, error: AppError): void {
  const policy = errorPolicy(error.code);
  const taskId = error.facts.taskId;
  if (taskId !== undefined) response.setHeader('x-atelier-run-id', taskId);
  // Stock SDKs repeat a POST on 408, 409, 429 and 5xx: say no wherever a repeat could buy twice or cannot help.
  if (response.hasHeader('x-atelier-run-id') || !policy.retryable) response.setHeader('x-should-retry', 'false');
  else if (error.code === 'rate_limit_exceeded') response.setHeader('x-should-retry', 'true');
  const retryAfterMs = error.facts.retryAfterMs ?? (error.code === 'rate_limited' ? 1_000 : undefined);
  if (retryAfterMs !== undefined) {
    response.setHeader('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
    response.setHeader('retry-after-ms', String(Math.ceil(retryAfterMs)));
  }
  if (error.facts.rate !== undefined) setRate(response, error.facts.rate);
  response.statusCode = policy.status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(errorBodyOf(response, error)));
}
