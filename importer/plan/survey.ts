import { MOST_UNPRICED } from '../../domain/migration/plan-facts';
import type { WholePlan } from '../../domain/migration/standing';
import { formatUsd } from '../../domain/money/money';
import { microUsd } from '../money';
import type { Plan } from './read';

/** An entry that a person left out of the plan. */
interface LeftOut {
  readonly entity: string;
  readonly legacy_id: number | string;
  readonly reason: 'left_out';
}

/** Whose keys a plan has. */
export interface PlanOwner {
  readonly legacyId: number;
  readonly enabled: boolean;
}

/** What all of a plan says, read once. */
export interface PlanSurvey {
  readonly facts: WholePlan;
  /** The members by their names. */
  readonly owners: ReadonlyMap<string, PlanOwner>;
  /** Of the members' balances. */
  readonly balanceMicroUsd: bigint;
  readonly leftOut: readonly LeftOut[];
}

/** Reads a plan whole: a fault anywhere in it is found before anything is brought in. */
export async function surveyOf(plan: Plan): Promise<PlanSurvey> {
  const leftOut: LeftOut[] = [];
  const isIn = (include: boolean | undefined, entity: string, id: number | string): boolean => {
    if (include === false) leftOut.push({ entity, legacy_id: id, reason: 'left_out' });
    return include !== false;
  };
  const counts = { teams: 0, members: 0, keys: 0, models: 0, debts: 0 };
  const unpriced = { count: 0, names: [] as string[] };
  const work = { routeless: 0, withoutEmail: 0, providers: [] as string[] };
  const owners = new Map<string, PlanOwner>();
  let balanceMicroUsd = 0n;
  for await (const { include, legacy_group: id } of plan.entries('teams')) if (isIn(include, 'group', id)) counts.teams += 1;
  for await (const { include, legacy_id: id, name, keys } of plan.entries('providers')) {
    if (isIn(include, 'channel', id) && keys.some(({ enabled }) => enabled)) work.providers.push(name);
  }
  for await (const { include, name, price, routes } of plan.entries('models')) {
    if (!isIn(include, 'model', name)) continue;
    work.routeless += routes.length === 0 ? 1 : 0;
    if (price !== null) counts.models += 1;
    else {
      unpriced.count += 1;
      if (unpriced.names.length < MOST_UNPRICED) unpriced.names.push(name);
    }
  }
  for await (const { include, legacy_id: id, name, email, enabled, balance_usd: balance } of plan.entries('members')) {
    if (!isIn(include, 'user', id)) continue;
    owners.set(name, { legacyId: id, enabled });
    balanceMicroUsd += microUsd(balance);
    counts.members += 1;
    work.withoutEmail += email === null ? 1 : 0;
    counts.debts += balance.startsWith('-') ? 1 : 0;
  }
  for await (const { include, legacy_id: id } of plan.entries('credentials')) if (isIn(include, 'token', id)) counts.keys += 1;
  const { source, old_gateway: old, usage, history } = plan.head;
  const checklist = {
    ...work,
    balanceUsd: formatUsd(balanceMicroUsd),
    usage: { rows: usage.rows, spentUsd: usage.spent_usd, include: usage.include },
    history: { tasks: history.tasks + history.midjourneys, include: history.include },
  };
  const from = { product: source.product, snapshotAt: source.snapshot_at, oldBaseUrl: old.base_url };
  return { facts: { ...counts, ...from, unpriced, checklist }, owners, balanceMicroUsd, leftOut };
}
