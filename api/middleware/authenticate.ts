import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ANSWER_DEFAULTS, type Caller } from '../../domain/access/caller';
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
  defaults: ANSWER_DEFAULTS,
  isAdmin: true,
};

/** Headers that clients send a key in, besides `Authorization: Bearer`, in the order in which they are tried. */
const KEY_HEADERS = ['x-api-key', 'x-goog-api-key', 'api-key'] as const;

/** A key, and the headers it came in. */
interface GivenKey {
  readonly key: string;
  readonly headers: readonly string[];
}

/**
 * Finds the caller of the request's key, for `callerOf`. Keys may come in several headers at once; when they differ, the one of
 * `Authorization` is tried first.
 * @throws AppError `invalid_api_key`
 */
export function authenticate(context: Pick<ApiContext, 'catalogue' | 'settings' | 'held'>): RequestHandler {
  const adminHash = context.settings.adminKeyHash === null ? null : Buffer.from(context.settings.adminKeyHash, 'hex');

  function callerOfKey(key: string): Caller | null | Promise<Caller | null> {
    const hash = createHash('sha256').update(key).digest();
    if (adminHash !== null && adminHash.length === hash.length && timingSafeEqual(adminHash, hash)) return ADMIN;
    return context.catalogue.caller(hash.toString('hex'));
  }

  async function firstKnown(keys: readonly GivenKey[]): Promise<Caller | null> {
    for (const { key } of keys) {
      const caller = await callerOfKey(key);
      if (caller !== null) return caller;
    }
    return null;
  }

  return (request, response, next) => {
    const keys = keysOf(request);
    const [first] = keys;
    if (first === undefined) throw missingKey(request);
    const known = keys.length === 1 ? callerOfKey(first.key) : firstKnown(keys);
    if (known instanceof Promise) known.then(accept).catch(next);
    else accept(known);

    function accept(caller: Caller | null): void {
      if (caller === null) {
        next(unknownKey(keys));
        return;
      }
      setCaller(response, caller, context.held);
      next();
    }
  };
}

/** Lets only the admin key through. Behind `authenticate`. @throws AppError `admin_required` */
export function requireAdmin(isAdmin: boolean): void {
  if (!isAdmin) throw new AppError('admin_required', 'This needs the admin key; the key given belongs to a team.');
}

/** Each different key once, the one of `Authorization` first. */
function keysOf(request: Request): readonly GivenKey[] {
  const bearer = /^\s*Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
  const keys: GivenKey[] = bearer === undefined ? [] : [{ key: bearer, headers: ['Authorization'] }];
  for (const header of KEY_HEADERS) {
    const value = request.headers[header];
    const key = typeof value === 'string' ? value.trim() : '';
    if (key === '') continue;
    const same = keys.findIndex((given) => given.key === key);
    if (same === -1) keys.push({ key, headers: [header] });
    else keys[same] = { key, headers: [...(keys[same]?.headers ?? []), header] };
  }
  return keys;
}

function missingKey(request: Request): AppError {
  return new AppError(
    'invalid_api_key',
    request.headers.authorization === undefined
      ? 'No API key was given. Send it in the header "Authorization: Bearer KEY" (x-api-key, x-goog-api-key and api-key also work).'
      : 'The Authorization header is not in the form "Bearer KEY". Remove quotes and further spaces around the key.',
  );
}

function unknownKey(keys: readonly GivenKey[]): AppError {
  if (keys.length === 1) {
    return new AppError(
      'invalid_api_key',
      'This API key is not known here, was revoked, or its team is disabled. Check that it belongs to this installation and is complete.',
    );
  }
  const places = keys.map(({ headers }) => headers.join(' and ')).join(', then the one in ');
  return new AppError(
    'invalid_api_key',
    `The request has ${keys.length} different API keys and none is known here: tried were the one in ${places}. Send one key.`,
  );
}
