import type { HourHistory, SpendRow } from '../../../domain/alert/anomaly/spending';
import type { AlertFailure, AnomalySubject } from '../../../domain/alert/rule';
import type { WatchScope } from '../../../domain/alert/watch';
import { AppError } from '../../../domain/errors';
import type { SqlPool } from '../connection/pool';

const IN_SCOPE = '($3::int is null or u.team_id = $3) and ($4::int is null or u.credential_id = $4)';

/** More than this would be too much to hold. */
const MOST_ROWS = 400_000;

/** $1, $2: from and to; $3 team, $4 key. */
const SPENDING = `
  select used.*, t.name as team, k.name as credential from (
    select u.hour, u.team_id, u.credential_id, u.model, sum(u.cost)::float8 as cost from usage_hours u
    where u.hour >= $1 and u.hour < $2 and ${IN_SCOPE} group by 1, 2, 3, 4 having sum(u.cost) > 0 limit ${String(MOST_ROWS + 1)}
  ) as used join teams t on t.id = used.team_id join credentials k on k.id = used.credential_id`;

const COLUMNS: Readonly<Record<AnomalySubject, string>> = {
  credential: 'u.credential_id::text',
  model: 'u.model',
  team: 'u.team_id::text',
};
const BORN: Readonly<Record<AnomalySubject, string>> = {
  credential: '(select created_at from credentials where id::text = asked.id)',
  model: '(select created_at from models where name = asked.id)',
  team: '(select created_at from teams where id::text = asked.id)',
};

interface SpendingRow {
  readonly hour: Date;
  readonly team_id: number;
  readonly team: string;
  readonly credential_id: number;
  readonly credential: string;
  readonly model: string;
  readonly cost: number;
}

/** @throws AppError `invalid_value` for more than can be looked at at once */
export async function spendingOf(pool: SqlPool, scope: WatchScope, fromMs: number, toMs: number): Promise<readonly SpendRow[]> {
  const values = [new Date(fromMs), new Date(toMs), scope.teamId, scope.credentialId];
  const rows = await pool.query<SpendingRow>(SPENDING, values);
  if (rows.length > MOST_ROWS) {
    throw new AppError('invalid_value', 'There is more usage in this time than can be looked at at once. Name a team, or a shorter time.', {
      param: 'from',
      details: { reason: 'too_much_usage' satisfies AlertFailure['code'] },
    });
  }
  return rows.map((row) => ({
    hourMs: row.hour.getTime(),
    teamId: row.team_id,
    team: row.team,
    credentialId: row.credential_id,
    credential: row.credential,
    model: row.model,
    microUsd: row.cost,
  }));
}

/** One row for each subject: its hours as two arrays. */
const HISTORIES = (by: AnomalySubject): string => `
  select asked.id, least(${BORN[by]}, min(used.hour)) as born,
    coalesce(json_agg(json_build_array(extract(epoch from used.hour)::bigint, used.cost)) filter (where used.hour is not null), '[]') as hours
  from unnest($5::text[]) as asked(id)
  left join (
    select ${COLUMNS[by]} as id, u.hour, sum(u.cost)::float8 as cost from usage_hours u
    where u.hour >= $1 and u.hour < $2 and ${IN_SCOPE} and ${COLUMNS[by]} = any($5::text[]) group by 1, 2
  ) as used on used.id = asked.id
  group by asked.id`;

export async function historiesOf(
  pool: SqlPool,
  scope: WatchScope,
  by: AnomalySubject,
  ids: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<ReadonlyMap<string, HourHistory>> {
  const values = [new Date(fromMs), new Date(toMs), scope.teamId, scope.credentialId, ids];
  const rows = await pool.query<{ id: string; born: Date | null; hours: readonly (readonly [number, number])[] }>(HISTORIES(by), values);
  return new Map(
    rows.map(({ id, born, hours }) => [
      id,
      { byHour: new Map(hours.map(([second, cost]) => [second * 1_000, cost])), sinceMs: born?.getTime() ?? toMs },
    ]),
  );
}
