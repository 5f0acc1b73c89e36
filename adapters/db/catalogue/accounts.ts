import type { MicroUsd } from '../../../domain/money/money';
import type { AccountKind } from '../../../domain/money/ledger';
import type { Sql } from '../connection/pool';

/** What an account may spend in all; null: no limit. */
export interface AccountLimit {
  readonly kind: AccountKind;
  readonly teamId: number;
  readonly key: string;
  readonly limitMicroUsd: MicroUsd | null;
}

/**
 * Makes missing accounts and changes limits that differ; balances are left alone. Accounts are locked in the order of their ids, as
 * everywhere, and only where something changes: spending goes on meanwhile.
 * @returns the teams whose limits changed; making an account is no change
 */
export async function setAccountLimits(sql: Sql, limits: readonly AccountLimit[]): Promise<ReadonlySet<number>> {
  const rows = await sql.query<{ team_id: number; existed: boolean }>(
    `select team_id, id is not null as existed, set_account_limit(kind, team_id, key, micro_usd) from (
       select wanted.*, a.id
       from unnest($1::text[], $2::int[], $3::text[], $4::bigint[]) as wanted(kind, team_id, key, micro_usd)
       left join accounts a on a.kind = wanted.kind and a.team_id = wanted.team_id and a.key = wanted.key
       where a.id is null or a.limited <> (wanted.micro_usd is not null) or (a.limited and a.granted <> wanted.micro_usd)
       order by a.id nulls last, wanted.team_id, wanted.kind, wanted.key
     ) as ordered`,
    [
      limits.map(({ kind }) => kind),
      limits.map(({ teamId }) => teamId),
      limits.map(({ key }) => key),
      limits.map(({ limitMicroUsd }) => limitMicroUsd?.toString() ?? null),
    ],
  );
  return new Set(rows.filter(({ existed }) => existed).map(({ team_id }) => team_id));
}

/** The running month's account follows the team's monthly limit; one that does not exist is made by the first task of the month. */
export async function followMonthlyLimits(sql: Sql, teamIds: readonly number[]): Promise<void> {
  const months = await sql.query<{ team_id: number; key: string; monthly_limit_micro_usd: bigint | null }>(
    `select a.team_id, a.key, t.monthly_limit_micro_usd from accounts a join teams t on t.id = a.team_id
     where a.kind = 'month' and a.key = current_month() and t.id = any($1::int[])`,
    [teamIds],
  );
  await setAccountLimits(
    sql,
    months.map((row) => ({ kind: 'month', teamId: row.team_id, key: row.key, limitMicroUsd: row.monthly_limit_micro_usd })),
  );
}
