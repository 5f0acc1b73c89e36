import {
  BUDGET_PERIODS,
  type Budget,
  type BudgetKind,
  type BudgetLimits,
  type BudgetOwner,
  type BudgetPeriod,
  type BudgetStore,
  type LimitChanges,
} from '../../../domain/money/budget';
import { AppError } from '../../../domain/errors';
import type { MicroUsd } from '../../../domain/money/money';
import type { Sql, SqlPool } from '../connection/pool';

/** All limits of an owner, as they shall be. */
export interface OwnerLimits extends BudgetOwner {
  readonly limits: BudgetLimits;
  readonly warnPercent?: readonly number[];
}

interface WantedRow {
  readonly kind: BudgetKind;
  readonly team_id: number;
  readonly key: string;
  readonly period: BudgetPeriod;
  readonly micro_usd: bigint | null;
  readonly warn: readonly number[];
  readonly has_credit: boolean;
}

const DIFFERENT = `
  select wanted.*, coalesce(b.credit_micro_usd, 0) <> 0 as has_credit from (
    select kind, team_id, key, period, micro_usd, warn::int[] as warn
    from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[]) as given(kind, team_id, key, period, micro_usd, warn)
  ) as wanted
  left join budgets b on b.kind = wanted.kind and b.team_id = wanted.team_id and b.key = wanted.key and b.period = wanted.period
  where b.limit_micro_usd is distinct from wanted.micro_usd or (wanted.micro_usd is not null and b.warn_percent <> wanted.warn)
  order by wanted.team_id, wanted.kind, wanted.key, wanted.period`;

// All at once and in order, for the changes after it take more than one each.
const LOCK = `
  select 1 from accounts where (team_id = any($1::int[]) or (0 = any($1::int[]) and kind = 'team' and key = '' and period = ''))
    and kind <> 'campaign' and ends_at > now() order by id for update`;

/**
 * Makes the limits of owners equal to these, within the caller's transaction. Spending goes on meanwhile where nothing changes.
 * @returns the owners whose limits changed
 * @throws AppError `conflict` when a limit that has grants or transfers would be taken away
 */
export async function setBudgets(sql: Sql, owners: readonly OwnerLimits[]): Promise<readonly OwnerLimits[]> {
  const wanted = owners.flatMap((owner) => BUDGET_PERIODS.map((period) => ({ owner, period })));
  const rows = await sql.query<WantedRow>(DIFFERENT, [
    wanted.map(({ owner }) => owner.kind),
    wanted.map(({ owner }) => owner.teamId),
    wanted.map(({ owner }) => owner.key),
    wanted.map(({ period }) => period),
    wanted.map(({ owner, period }) => owner.limits[period]?.toString() ?? null),
    wanted.map(({ owner }) => `{${(owner.warnPercent ?? []).join(',')}}`),
  ]);
  if (rows.length === 0) return [];
  await sql.query(LOCK, [rows.map((row) => row.team_id)]);
  for (const { kind, team_id: teamId, key, period, micro_usd: limit, warn, has_credit: hasCredit } of rows) {
    if (limit === null && hasCredit) {
      throw new AppError(
        'conflict',
        'The total budget of a team with grants or transfers cannot be taken away: the team could spend without limit. Set it to "0" instead.',
      );
    }
    await sql.query('select set_budget($1, $2, $3, $4, $5, $6::int[])', [kind, teamId, key, period, limit?.toString() ?? null, warn]);
  }
  return owners.filter((owner) => rows.some((row) => row.kind === owner.kind && row.team_id === owner.teamId && row.key === owner.key));
}

/** Changes some limits of an owner, within the caller's transaction; the others, and when it warns, stay. @throws AppError `conflict` */
export async function changeLimits(sql: Sql, owner: BudgetOwner, changes: LimitChanges): Promise<void> {
  const rows = await sql.query<{ period: BudgetPeriod; limit_micro_usd: bigint; warn_percent: readonly number[] }>(
    'select period, limit_micro_usd, warn_percent from budgets where kind = $1 and team_id = $2 and key = $3',
    [owner.kind, owner.teamId, owner.key],
  );
  const all = { ...Object.fromEntries(rows.map((row) => [row.period, row.limit_micro_usd])), ...changes };
  const limits = Object.fromEntries(Object.entries(all).filter(([, limit]) => limit !== null)) as BudgetLimits;
  await setBudgets(sql, [{ ...owner, limits, warnPercent: rows[0]?.warn_percent ?? [] }]);
}

interface BudgetRow {
  readonly kind: BudgetKind;
  readonly team_id: number;
  readonly key: string;
  readonly period: BudgetPeriod;
  readonly name: string;
  readonly granted: MicroUsd;
  readonly set: MicroUsd;
  readonly spent: MicroUsd;
  readonly held: MicroUsd;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
  readonly warn_percent: readonly number[];
}

const budgetsWhere = (owners: string): string => `
  select b.kind, b.team_id, b.key, b.period, account_title(b.kind, b.team_id, b.key) as name, b.warn_percent,
    greatest(b.limit_micro_usd + b.credit_micro_usd, 0) as granted, b.limit_micro_usd as set, coalesce(a.spent, 0) as spent, coalesce(a.held, 0) as held,
    nullif(coalesce(a.starts_at, calendar.starts_at), '-infinity') as starts_at, nullif(coalesce(a.ends_at, calendar.ends_at), 'infinity') as ends_at
  from (${owners}) as owner
  join budgets b on b.kind = owner.kind and b.team_id = owner.team_id and b.key = owner.key
  left join teams t on t.id = b.team_id
  cross join lateral budget_period(b.period, coalesce(t.time_zone, 'UTC'), now()) as calendar
  left join accounts a on a.kind = b.kind and a.team_id = b.team_id and a.key = b.key and budget_length(a.period) = b.period and a.ends_at > now()
  order by array_position(array['credential', 'member', 'project', 'class', 'team', 'organisation'], b.kind), b.team_id, b.key,
           array_position(array['total', 'monthly', 'daily'], b.period)`;
const BY_OWNER = budgetsWhere('select * from unnest($1::text[], $2::int[], $3::text[]) as given(kind, team_id, key)');
const BINDING = budgetsWhere('select kind, team_id, key from budget_chain(array[$1::int])');

/** Budgets in Postgres; what they bind is decided by `admit_tasks` and `start_campaign_items`. */
export function createBudgetStore(pool: SqlPool): BudgetStore {
  return {
    setLimits: (owner, limits, warnPercent) =>
      pool.transaction(
        async (sql) => (await setBudgets(sql, [{ ...owner, limits, ...(warnPercent === undefined ? {} : { warnPercent }) }])).length > 0,
      ),
    changeLimits: (owner, changes) => pool.transaction((sql) => changeLimits(sql, owner, changes)),
    async budgetsOf(owners) {
      const rows = await pool.query<BudgetRow>(BY_OWNER, [
        owners.map(({ kind }) => kind),
        owners.map(({ teamId }) => teamId),
        owners.map(({ key }) => key),
      ]);
      return rows.map(budgetOf);
    },
    bindingBudgets: async ({ credentialId }) => (await bindingBudgets(pool, credentialId)).map(budgetOf),
  };
}

export function bindingBudgets(sql: Sql, credentialId: number): Promise<readonly BudgetRow[]> {
  return sql.query<BudgetRow>(BINDING, [credentialId]);
}

function budgetOf(row: BudgetRow): Budget {
  return {
    kind: row.kind,
    teamId: row.team_id,
    key: row.key,
    name: row.name,
    period: row.period,
    limitMicroUsd: row.granted,
    setMicroUsd: row.set,
    spentMicroUsd: row.spent,
    heldMicroUsd: row.held,
    startsAt: row.starts_at,
    resetsAt: row.ends_at,
    warnPercent: row.warn_percent,
  };
}
