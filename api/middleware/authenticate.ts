import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { setCaller } from '../http/context';

const ADMIN: Caller = {
  credentialId: 0,
  credentialName: 'admin',
  credentialClass: 'personal',
  teamId: 0,
  teamName: 'admin',
  models: ['*'],
  isAdmin: true,
};

/** Finds the caller of the request's key, for `callerOf`. @throws AppError `invalid_api_key` */
export function authenticate(context: ApiContext): RequestHandler {
  const adminHash = context.settings.adminKeyHash === null ? null : Buffer.from(context.settings.adminKeyHash, 'hex');
  return (request, response, next) => {
    const key = keyOf(request);
    const hash = createHash('sha256').update(key).digest();
    if (adminHash !== null && adminHash.length === hash.length && timingSafeEqual(adminHash, hash)) {
      setCaller(response, ADMIN);
      next();
      return;
    }
    const known = context.catalogue.caller(hash.toString('hex'));
    if (!(known instanceof Promise)) {
      accept(known);
      return;
    }
    known.then(accept).catch(next);

    function accept(caller: Caller | null): void {
      if (caller === null) {
        next(
          new AppError(
            'invalid_api_key',
            'This API key is not known here, was revoked, or its team is disabled. Check that it belongs to this installation and is complete.',
          ),
        );
        return;
      }
      setCaller(response, caller);
      next();
    }
  };
}

/** Lets only the admin key through. Behind `authenticate`. @throws AppError `admin_required` */
export function requireAdmin(isAdmin: boolean): void {
  if (!isAdmin) throw new AppError('admin_required', 'This needs the admin key; the key given belongs to a team.');
}

function keyOf(request: Request): string {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const match = /^Bearer\s+(\S+)\s*$/i.exec(authorization);
    if (match?.[1] !== undefined) return match[1];
    throw new AppError(
      'invalid_api_key',
      'The Authorization header is not in the form "Bearer KEY". Remove quotes and further spaces around the key.',
    );
  }
  const key = request.headers['x-api-key'] ?? request.headers['x-goog-api-key'];
  if (typeof key === 'string' && key !== '') return key;
  throw new AppError(
    'invalid_api_key',
    'No API key was given. Send it in the header "Authorization: Bearer KEY" (x-api-key and x-goog-api-key also work).',
  );
}
