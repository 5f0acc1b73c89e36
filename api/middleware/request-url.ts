import type { RequestHandler } from 'express';
import { AppError } from '../../domain/errors';
import { canonicalUrl } from '../http/paths';

/**
 * Gives a request the path that its route has, before anything looks at it. Never by a redirect: clients lose bodies and keys on
 * one. Keys, logs, metrics and idempotency then know one path.
 */
export const canonicalPath: RequestHandler = (request, _response, next) => {
  const url = canonicalUrl(request.url);
  if (url !== request.url) {
    request.url = url;
    request.originalUrl = url;
  }
  next();
};

/** A NUL is in no id, name or cursor that exists, and a database cannot even look for it. */
export const refuseUnstorable: RequestHandler = (request, _response, next) => {
  if (!request.url.includes('%00')) {
    next();
    return;
  }
  if (request.path.includes('%00')) throw new AppError('not_found', 'Nothing exists at a path that contains a NUL character.');
  throw new AppError('invalid_value', 'The query contains a NUL character (%00).');
};
