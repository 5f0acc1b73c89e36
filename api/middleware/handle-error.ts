import type { ErrorRequestHandler } from 'express';
import { AppError, errorPolicy, isAppError } from '../../domain/errors';
import type { Logger } from '../../domain/log';
import { sendError } from '../errors';
import { requestIdOf } from '../http/context';
import { setProcessingTime } from '../http/send';

/** Answers every error in one shape. What is not ours is `internal`: the details stay in the log. */
export function handleError(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = asAppError(thrown);
    const fields = { request_id: requestIdOf(response), method: request.method, path: request.path, code: error.code };
    if (errorPolicy(error.code).status >= 500) logger.error({ ...fields, err: error.cause ?? error }, 'A request failed.');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // What was refused early is still being sent, and a connection that closes now would hide the answer.
    if (!request.complete) response.removeHeader('connection');
    setProcessingTime(response);
    sendError(response, error);
  };
}

/** Express's own errors (a path that cannot be decoded) are the client's. */
function asAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  if (thrown instanceof URIError) return new AppError('not_found', 'The path cannot be decoded: check its percent-encoding.');
  return new AppError('internal', 'Something went wrong on our side. It was logged; give the request id to your operator.', {}, thrown);
}
