import type { Request } from 'express';
import { AppError } from '../../domain/errors';
import type { ApiSettings } from '../deps';

/** Longest `Prefer: wait`, in seconds. */
export const MAX_WAIT_S = 60;

/**
 * The request's `Idempotency-Key`, null when there is none.
 * @throws AppError `invalid_value` unless it is 1 to 255 printable ASCII characters
 */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new AppError('invalid_value', 'Idempotency-Key must be 1 to 255 printable ASCII characters.', { param: 'Idempotency-Key' });
  }
  return key;
}

/** Seconds of `Prefer: wait=N`, cut to 60; null when the client does not ask to wait. */
export function preferredWaitS(request: Request): number | null {
  const prefer = request.headers['prefer'];
  const text = Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '');
  const match = /(?:^|[,;\s])wait(?:\s*=\s*"?(\d{1,9})"?)?(?=$|[,;\s])/i.exec(text);
  if (match === null) return null;
  return Math.min(MAX_WAIT_S, match[1] === undefined ? MAX_WAIT_S : Number(match[1]));
}

/** Where this client reaches the api, without a trailing slash: the configured address, else the one it used. */
export function baseUrlOf(settings: Pick<ApiSettings, 'publicUrl'>, request: Request): string {
  return settings.publicUrl ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;
}

/** Does an `If-None-Match` header name this ETag? */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => candidate.trim() === '*' || candidate.trim().replace(/^W\//, '') === etag);
}
