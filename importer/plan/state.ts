import { createHash } from 'node:crypto';
import type { LegacyToken, LegacyUser } from '../../domain/migration/source';

const ENABLED = 1;
const EXPIRED = 3;
const EXHAUSTED = 4;
const MARK_CHARACTERS = 8;

/** Whether the source lets a user in. */
export function isUserEnabled(user: Pick<LegacyUser, 'status' | 'isDeleted'> | undefined): boolean {
  return user !== undefined && !user.isDeleted && user.status === ENABLED;
}

/** Whether a key comes in enabled: an expired one is refused by its expiry, a spent one by its limit. */
export function isTokenEnabled({ status, expiresAt, isDeleted }: Pick<LegacyToken, 'status' | 'expiresAt' | 'isDeleted'>): boolean {
  return !isDeleted && (status === ENABLED || status === EXHAUSTED || (status === EXPIRED && expiresAt !== null));
}

/**
 * What the source says of a key beside what is left of it, a word for each: a delta tells by them what changed there, whatever a person made of
 * the plan. `<enabled, with its owner> <limited> <expiry> <models> <addresses>`
 */
export function tokenState(token: LegacyToken, owner: Pick<LegacyUser, 'status' | 'isDeleted'> | undefined): string {
  return [
    isTokenEnabled(token) && isUserEnabled(owner) ? '1' : '0',
    token.isUnlimited ? '0' : '1',
    token.expiresAt === null ? '-' : String(token.expiresAt),
    markOf(token.models),
    markOf(token.ipAllow),
  ].join(' ');
}

/** Of a key whose row is gone: it is refused, and of the rest nothing is known. */
export const GONE_STATE = '0 ? ? ? ?';

/** Of a user. */
export function userState(user: Pick<LegacyUser, 'status' | 'isDeleted'>): string {
  return isUserEnabled(user) ? '1' : '0';
}

function markOf(values: readonly string[] | null): string {
  return values === null
    ? '-'
    : createHash('sha256')
        .update([...values].sort().join('\n'))
        .digest('hex')
        .slice(0, MARK_CHARACTERS);
}
