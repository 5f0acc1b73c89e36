import type { Request } from 'express';
import { requireThawed, type Caller } from '../../domain/access/caller';
import { endpointOf } from '../../domain/access/endpoints';
import { AppError } from '../../domain/errors';
import { clientAddress, isWithin } from '../http/client-address';

/**
 * Checks what binds a key at the door: its end, its networks and its endpoints, from what this process knows of the caller.
 * @throws AppError `invalid_api_key` (another key replaced it), `credential_frozen`, `credential_expired`, `ip_not_allowed`, `endpoint_not_allowed`
 */
export function checkDoor(
  { bounds, replacedAt, frozenBy, frozenReason }: Caller,
  request: Pick<Request, 'ip' | 'originalUrl'>,
  now: Date,
): void {
  if (replacedAt !== null && replacedAt <= now) {
    throw new AppError(
      'invalid_api_key',
      `This API key was replaced by another one and ended at ${replacedAt.toISOString()}. Use the new key.`,
    );
  }
  requireThawed({ frozenBy, frozenReason: frozenReason ?? null });
  if (bounds.expiresAt !== null && bounds.expiresAt <= now) {
    throw new AppError(
      'credential_expired',
      `This API key expired at ${bounds.expiresAt.toISOString()}. Ask whoever manages your team's keys to extend it, or for another one.`,
    );
  }
  if (bounds.ipAllow !== null) {
    const address = clientAddress(request);
    if (address === null || !isWithin(address, bounds.ipAllow)) {
      const from = address ?? 'an address that is not known';
      throw new AppError('ip_not_allowed', `This API key may not be used from ${from}. Ask whoever manages your team's keys to allow it.`);
    }
  }
  if (bounds.endpoints === null) return;
  const [path = ''] = request.originalUrl.split('?', 1);
  const endpoint = endpointOf(path);
  if (endpoint === 'any' || (endpoint !== null && bounds.endpoints.includes(endpoint))) return;
  throw new AppError(
    'endpoint_not_allowed',
    `This API key may not be used for ${endpoint ?? path.slice(0, 200)}. It may be used for: ${bounds.endpoints.join(', ')}.`,
  );
}
