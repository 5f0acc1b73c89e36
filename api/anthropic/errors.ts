import type { RequestHandler } from 'express';
import { errorPolicy, type AppError } from '../../domain/errors';
import { localsOf, requestIdOf } from '../http/context';

/** Anthropic's `error.type` of an HTTP status. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  409: 'conflict_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** The body of an error as Anthropic's clients read it; `code`, `param` and `details` are ours (docs/errors.md). */
export function anthropicError(error: AppError, requestId: string): unknown {
  const { code, facts } = error;
  return {
    type: 'error',
    error: {
      type: TYPES[errorPolicy(code).status] ?? 'api_error',
      message: `${wordsOf(error)} (request id: ${requestId})`,
      code,
      ...(facts.param === undefined ? {} : { param: facts.param }),
      ...(facts.details === undefined ? {} : { details: facts.details }),
    },
    request_id: requestId,
  };
}

/** Claude Code shortens a conversation by itself when it reads these words. */
function wordsOf({ code, message, facts }: AppError): string {
  if (code !== 'context_length_exceeded' || /prompt is too long/i.test(message)) return message;
  const { context } = facts;
  const counts = context === undefined ? '' : `${context.tokens} tokens > ${context.window} maximum. `;
  return `prompt is too long: ${counts}${message}`;
}

/**
 * Answers under /v1/messages, and those about models to clients that name Anthropic's version, have its error shape and its name
 * of the request id. To be mounted before whatever may refuse a request.
 */
export const answerAsAnthropic: RequestHandler = (request, response, next) => {
  const { path, headers } = request;
  const isAnthropic = /^\/v1\/messages(?:\/|$)/.test(path) || (headers['anthropic-version'] !== undefined && path.startsWith('/v1/models'));
  if (isAnthropic) {
    localsOf(response).errorShape = anthropicError;
    response.setHeader('request-id', requestIdOf(response));
  }
  next();
};
