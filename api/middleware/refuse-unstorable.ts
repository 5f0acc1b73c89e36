import type { RequestHandler } from 'express';
import { AppError } from '../../domain/errors';

/** A NUL is in no id, name or cursor that exists, and a database cannot even look for it. */
export const refuseUnstorable: RequestHandler = (request, _response, next) => {
  if (!request.url.includes('%00')) {
    next();
    return;
  }
  if (request.path.includes('%00')) throw new AppError('not_found', 'There is nothing under a path with a NUL character in it.');
  throw new AppError('invalid_value', 'The query holds a NUL character (%00).');
};
