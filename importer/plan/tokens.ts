import type { LegacyToken, LegacyUser } from '../../domain/migration/source';
import { usdOf } from '../money';
import { createNames, keyName } from '../names';
import type { Building } from './building';
import type { PlanCredential } from './plan';
import { isTokenEnabled, tokenState } from './state';

const EXPIRED = 3;
const EXHAUSTED = 4;

/** Keys become credentials of the team of their user, whose balance bounds all of them together. */
export async function planTokens(building: Building): Promise<void> {
  const { source, sink, take, leave, teamOf } = building;
  const names = new Map<string, ReturnType<typeof createNames>>();
  for await (const tokens of source.tokens()) {
    const users = new Map((await source.usersOf([...new Set(tokens.map(({ userId }) => userId))])).map((user) => [user.id, user]));
    for (const token of tokens) {
      const owner = users.get(token.userId);
      const reason = reasonToLeave(token, owner);
      if (reason !== null || owner === undefined) {
        leave('tokens', 'token', token.id, reason ?? 'user_missing');
        if (reason === 'key_contains_dash')
          sink('warnings', {
            category: 'unusable_key',
            entity: 'token',
            legacy_id: token.id,
            name: token.name,
            message: 'Its key contains "-": no client was ever able to use it.',
          });
        continue;
      }
      const team = teamOf(owner.group);
      const nameIn = names.get(team) ?? createNames();
      names.set(team, nameIn);
      const id = String(token.id);
      sink('credentials', credentialOf(building, token, owner, { team, name: nameIn(keyName(token.name), id, `key-${id}`) }));
      take('tokens');
      for (const [category, message] of warningsOf(token, owner, source.snapshotAt)) {
        sink('warnings', { category, entity: 'token', legacy_id: token.id, name: token.name, message });
      }
    }
  }
}

function reasonToLeave(token: LegacyToken, owner: LegacyUser | undefined): string | null {
  if (token.isDeleted) return 'deleted';
  if (owner === undefined) return 'user_missing';
  if (owner.isDeleted) return 'user_deleted';
  // The programs cut what they are given at the first "-".
  if (token.key.includes('-')) return 'key_contains_dash';
  return token.key === '' ? 'no_key' : null;
}

function credentialOf(
  { perUsd }: Building,
  token: LegacyToken,
  owner: LegacyUser,
  place: { readonly team: string; readonly name: string },
): PlanCredential {
  const left = token.remainQuota < 0n ? 0n : token.remainQuota;
  const isSpent = token.status === EXHAUSTED;
  return {
    legacy_id: token.id,
    name: place.name,
    owner: owner.username,
    team: place.team,
    class: 'production',
    limit_usd: token.isUnlimited ? (isSpent ? '0' : null) : usdOf(left, perUsd),
    ...(token.isUnlimited ? {} : { at_source_usd: usdOf(left, perUsd) }),
    expires_at: token.expiresAt === null ? null : new Date(token.expiresAt * 1_000).toISOString().replace('.000Z', 'Z'),
    models: token.models,
    ip_allow: token.ipAllow,
    // One of a disabled user is refused by its owner.
    enabled: isTokenEnabled(token),
    at_source_state: tokenState(token, owner),
  };
}

function* warningsOf(token: LegacyToken, owner: LegacyUser, at: Date): Generator<readonly [string, string]> {
  if (token.status === EXHAUSTED && !token.isUnlimited && token.remainQuota > 0n) {
    yield [
      'stale_exhausted',
      'The source refuses it as exhausted, though something is left: it works here up to its limit. Set enabled: false to keep it refused.',
    ];
  }
  if (token.status === EXPIRED && (token.expiresAt === null || token.expiresAt * 1_000 > at.getTime())) {
    yield [
      'stale_expired',
      'The source refuses it as expired, though its expiry lies ahead: it works here until then. Set enabled: false to keep it refused.',
    ];
  }
  if (token.group === 'auto') yield ['token_group_auto', 'Its group is auto: it is charged as its user is.'];
  else if (token.group !== '' && token.group !== owner.group) {
    yield [
      'token_group_differs',
      `Its group ${token.group} is not its user's, ${owner.group}: it joins the user's team, whose price factor it gets.`,
    ];
  }
}
