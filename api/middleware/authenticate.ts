import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Caller } from '../../domain/access/caller';
import type { Principal } from '../../domain/access/principal';
import { AppError } from '../../domain/errors';
import { importedForm } from '../../domain/migration/legacy-key';
import { sessionTokenOf } from '../auth/cookie';
import type { ApiSettings, Authenticating } from '../deps';
import { localsOf, setPrincipal } from '../http/context';
import { hashOf } from '../http/token';
import { checkDoor } from './door';
import { sessionOf, signedIn } from './session';

const ADMIN: Principal = { kind: 'admin' };

/** Headers that clients send a key in, besides `Authorization: Bearer`, in the order in which they are tried. */
const KEY_HEADERS = ['x-api-key', 'x-goog-api-key', 'api-key'] as const;

/** A key, and the headers it came in. */
interface GivenKey {
  readonly key: string;
  readonly headers: readonly string[];
}

/**
 * Finds who the request's key belongs to, for `principalOf`, or without a key who has signed in with its cookie. Keys may come in several
 * headers at once; when they differ, the one of `Authorization` is tried first.
 * @throws AppError `invalid_api_key`, `session_expired`, `csrf_token_invalid`
 */
export function authenticate(context: Authenticating): RequestHandler {
  const isAdminKey = createAdminCheck(context.settings);

  async function otherwise(key: string, known: Principal | null): Promise<Principal | null> {
    const other = known === null ? importedForm(key) : null;
    return other === null ? known : ofCaller(await context.callers.find(hashOf(other)));
  }

  function principalOfKey(key: string): Principal | null | Promise<Principal | null> {
    const hash = hashOfKey(key);
    if (isAdminKey(hash)) return ADMIN;
    const known = context.callers.find(hash.toString('hex'));
    if (known instanceof Promise) return known.then((caller) => otherwise(key, ofCaller(caller)));
    return known === null ? otherwise(key, null) : ofCaller(known);
  }

  async function firstKnown(keys: readonly GivenKey[]): Promise<Principal | null> {
    for (const { key } of keys) {
      const principal = await principalOfKey(key);
      if (principal !== null) return principal;
    }
    return null;
  }

  return (request, response, next) => {
    const keys = keysOf(request);
    const [first] = keys;
    if (first === undefined) {
      const token = sessionTokenOf(request);
      if (token === null) throw missingKey(request);
      sessionOf(context, request, token)
        .then((session) => signedIn(context, request, session))
        .then(accept)
        .catch(next);
      return;
    }
    const known = keys.length === 1 ? principalOfKey(first.key) : firstKnown(keys);
    if (known instanceof Promise) known.then(accept).catch(next);
    else accept(known);

    function accept(principal: Principal | null): void {
      if (principal === null) {
        next(unknownKey(keys));
        return;
      }
      setPrincipal(response, principal, context.held);
      try {
        if (principal.kind === 'credential') {
          checkDoor(principal.caller, request, new Date());
          context.callers.used(principal.caller.credentialId);
        }
      } catch (error) {
        next(error);
        return;
      }
      next();
    }
  };
}

/** Finds who has signed in with the cookie of the request, whatever keys it has beside it. @throws AppError `session_expired`, `csrf_token_invalid` */
export function authenticatePerson(context: Authenticating): RequestHandler {
  return (request, response, next) => {
    sessionOf(context, request, sessionTokenOf(request))
      .then(async (session) => {
        setPrincipal(response, await signedIn(context, request, session), context.held);
        localsOf(response).session = session;
        next();
      })
      .catch(next);
  };
}

/** SHA-256 of a key. */
export function hashOfKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Tells the hash of the admin key from that of others. */
export function createAdminCheck({ adminKeyHash }: Pick<ApiSettings, 'adminKeyHash'>): (hash: Buffer) => boolean {
  const adminHash = adminKeyHash === null ? null : Buffer.from(adminKeyHash, 'hex');
  return (hash) => adminHash !== null && adminHash.length === hash.length && timingSafeEqual(adminHash, hash);
}

function ofCaller(caller: Caller | null): Principal | null {
  return caller === null ? null : { kind: 'credential', caller };
}

/** Each different key once, the one of `Authorization` first. */
export function keysOf(request: Request): readonly GivenKey[] {
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
      : 'The Authorization header is not in the form "Bearer KEY". Remove quotes and extra spaces around the key.',
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
    `The request has ${keys.length} different API keys and none is known here; tried the one in ${places}. Send one key.`,
  );
}
