import type { RequestHandler } from 'express';
import { AppError } from '../../domain/errors';

/** Answers for paths that nobody serves, with a hint for the usual mistakes of a base URL. */
export const notFound: RequestHandler = (request) => {
  const { method, path } = request;
  throw new AppError('not_found', `There is no ${method} ${path.slice(0, 200)} here. ${hintFor(path)}`);
};

function hintFor(path: string): string {
  if (path.includes('/v1/v1')) return 'The base URL ends in /v1 already: leave one of the two out.';
  if (!path.startsWith('/v1/') && /^\/(chat|models|images|videos|embeddings|tasks|completions)\b/.test(path)) {
    return `The base URL must end in /v1: try /v1${path.slice(0, 200)}.`;
  }
  if (path.endsWith('/completions') && path !== '/v1/chat/completions') return 'Chat is at POST /v1/chat/completions.';
  return 'GET /openapi.json lists every path.';
}
