import type { LegacySource, LegacyToken, LegacyUser, Progress } from '../domain/migration/source';
import { formatUsd } from '../domain/money/money';
import { requireSame } from './apply/apply';
import { sendUsage } from './apply/history';
import type { BookedDelta, DeltaAnswer, TakenStates, TargetInstallation } from './apply/installation';
import { microUsd, quotaPerUsd, usdOf } from './money';
import type { Plan } from './plan/read';
import { GONE_STATE, tokenState, userState } from './plan/state';
import { moveOf } from './traffic';

/** Rows of one request. */
const GROUP = 500;

/** What a delta found, took over and booked. */
export interface DeltaReport {
  readonly dry_run: boolean;
  readonly members: BookedDelta;
  readonly keys: BookedDelta;
  /** Legacy ids whose state changed at the source, by what became of them here. */
  readonly states: { readonly users: Changed; readonly keys: Changed };
  /** Rows of the source that did not come in: a new plan brings them. */
  readonly new: { readonly users: number; readonly keys: number };
  /** Spending by hour that joined the charts of usage: groups of an hour, user, key and model. */
  readonly usage: number;
}

type Changed = Pick<TakenStates, 'refused' | 'restored' | 'bounds'>;

/**
 * Takes over what changed at the source since it was asked last: who is let in, bounds of keys, balances, limits, and spending for the charts.
 * A repeat changes nothing.
 */
export async function takeDelta(
  plan: Plan,
  source: LegacySource,
  target: TargetInstallation,
  { dryRun, progress }: { readonly dryRun: boolean; readonly progress: Progress },
): Promise<DeltaReport> {
  requireSame(plan, source);
  const move = await moveOf(plan, target);
  const perUsd = quotaPerUsd(await source.options());
  const left = (quota: bigint): string => usdOf(quota, perUsd);
  const send = (rows: Parameters<TargetInstallation['delta']>[2]): Promise<DeltaAnswer> => target.delta(move.id, dryRun, rows);
  const [users, keys] = [createSum(), createSum()];
  const there = { users: new Set<number>(), keys: new Set<number>() };

  for await (const group of source.users()) {
    for (const { id } of group) there.users.add(id);
    for (const rows of partsOf(group)) {
      const wanted = rows.filter(({ isDeleted }) => !isDeleted);
      const answer = await send({
        member_states: rows.map((user) => ({ legacy_id: String(user.id), state: userState(user) })),
        members: wanted.map(({ id, quota }) => ({ legacy_id: String(id), left_usd: left(quota) })),
      });
      users.add(answer.members, answer.member_states, new Set(wanted.map(({ id }) => String(id))));
    }
  }
  const goneUsers = await goneOf(plan, 'members', there.users);
  for (const ids of partsOf(goneUsers)) {
    const answer = await send({ member_states: ids.map((id) => ({ legacy_id: id, state: '0' })) });
    users.add(answer.members, answer.member_states, new Set());
  }

  for await (const group of source.tokens()) {
    const owners = new Map((await source.usersOf([...new Set(group.map(({ userId }) => userId))])).map((user) => [user.id, user]));
    for (const { id } of group) there.keys.add(id);
    for (const rows of partsOf(group)) {
      const wanted = rows.filter(({ isDeleted }) => !isDeleted);
      const answer = await send({
        key_states: rows.map((token) => keyState(token, owners.get(token.userId), left)),
        credentials: wanted
          .filter(({ isUnlimited }) => !isUnlimited)
          .map(({ id, remainQuota }) => ({ legacy_id: String(id), left_usd: left(positive(remainQuota)) })),
      });
      keys.add(answer.credentials, answer.key_states, new Set(wanted.map(({ id }) => String(id))));
    }
  }
  for (const ids of partsOf(await goneOf(plan, 'credentials', there.keys))) {
    const answer = await send({
      key_states: ids.map((id) => ({ legacy_id: id, state: GONE_STATE, left_usd: null, expires_at: null, models: ['*'], ip_allow: null })),
    });
    keys.add(answer.credentials, answer.key_states, new Set());
  }

  const usage = plan.head.usage.include
    ? await sendUsage(source, { target, move: { id: move.id, dryRun, usageThrough: move.usage_through }, perUsd, progress })
    : { imported: 0 };
  const skipped = await skippedOf(plan);
  const isNew = (ids: readonly string[], entity: string): number => ids.filter((id) => !skipped.has(`${entity} ${id}`)).length;
  return {
    dry_run: dryRun,
    members: users.booked(),
    keys: keys.booked(),
    states: { users: users.changed, keys: keys.changed },
    new: { users: isNew(users.fresh, 'user'), keys: isNew(keys.fresh, 'token') },
    usage: usage.imported,
  };
}

function keyState(token: LegacyToken, owner: LegacyUser | undefined, left: (quota: bigint) => string): object {
  return {
    legacy_id: String(token.id),
    state: tokenState(token, owner),
    left_usd: token.isUnlimited ? null : left(positive(token.remainQuota)),
    expires_at: token.expiresAt === null ? null : new Date(token.expiresAt * 1_000).toISOString(),
    models: token.models ?? ['*'],
    ip_allow: token.ipAllow,
  };
}

const positive = (quota: bigint): bigint => (quota < 0n ? 0n : quota);

/** Adds up what became of groups of rows. */
function createSum() {
  const sum = { changed: 0, unchanged: 0, unknown: [] as string[] };
  const changed = { refused: [] as string[], restored: [] as string[], bounds: [] as string[] };
  const fresh: string[] = [];
  let [spent, added] = [0n, 0n];
  return {
    changed,
    /** Rows that are there and did not come in. */
    fresh,
    add(booked: BookedDelta, states: TakenStates, wanted: ReadonlySet<string>): void {
      sum.changed += booked.changed;
      sum.unchanged += booked.unchanged;
      sum.unknown.push(...booked.unknown);
      spent += microUsd(booked.spent_usd);
      added += microUsd(booked.added_usd);
      for (const what of ['refused', 'restored', 'bounds'] as const) changed[what].push(...states[what]);
      fresh.push(...states.unknown.filter((id) => wanted.has(id)));
    },
    booked: (): BookedDelta => ({ ...sum, spent_usd: formatUsd(spent), added_usd: formatUsd(added) }),
  };
}

function* partsOf<Thing>(things: readonly Thing[]): Generator<readonly Thing[]> {
  for (let at = 0; at < things.length; at += GROUP) yield things.slice(at, at + GROUP);
}

/** Legacy ids of the plan whose rows are no longer at the source. */
async function goneOf(plan: Plan, list: 'members' | 'credentials', there: ReadonlySet<number>): Promise<readonly string[]> {
  const gone: string[] = [];
  for await (const { include, legacy_id: id } of plan.entries(list)) if (include !== false && !there.has(id)) gone.push(String(id));
  return gone;
}

/** Rows that stayed behind on purpose: they are not new. */
async function skippedOf(plan: Plan): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const { entity, legacy_id: id } of plan.entries('skipped')) known.add(`${entity} ${String(id)}`);
  for await (const { include, legacy_id: id } of plan.entries('members')) if (include === false) known.add(`user ${String(id)}`);
  for await (const { include, legacy_id: id } of plan.entries('credentials')) if (include === false) known.add(`token ${String(id)}`);
  return known;
}
