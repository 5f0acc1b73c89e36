import { AppError } from '../../../domain/errors';
import type { SpentHere, TrafficStore } from '../../../domain/migration/traffic';
import type { Sql } from '../connection/pool';
import { idKey } from '../records/names';

const MOST = 1_000;

interface Row {
  readonly team: string;
  readonly key: string;
  readonly owner: string | null;
  readonly requests: number;
  readonly spent: bigint;
  readonly total: bigint;
}

/** What the keys of a move have spent here since its traffic began. */
export async function spentHere(sql: Sql, id: string): ReturnType<TrafficStore['spent']> {
  const [begun] = await sql.query<{ began_at: Date }>('select began_at from import_traffic where import_id = $1', [id]);
  if (begun === undefined) throw new AppError('conflict', 'No traffic of this move goes through the old gateway.');
  const rows = await sql.query<Row>(
    `select t.name as team, k.name as key, u.email as owner, s.requests, s.spent, (sum(s.spent) over ())::bigint as total
     from (
       select credential_id, count(*)::int as requests, sum(actual - refunded)::bigint as spent from tasks
       where id >= $2 and actual > 0 group by 1
     ) as s
     join import_keys o on o.credential_id = s.credential_id and o.import_id = $1
     join credentials k on k.id = s.credential_id join teams t on t.id = k.team_id left join users u on u.id = k.owner_id
     order by s.spent desc, t.name, k.name limit ${String(MOST)}`,
    [id, idKey('task_', begun.began_at)],
  );
  return {
    since: begun.began_at,
    totalMicroUsd: rows[0]?.total ?? 0n,
    keys: rows.map((row): SpentHere => ({
      team: row.team,
      key: row.key,
      owner: row.owner,
      requests: row.requests,
      spentMicroUsd: row.spent,
    })),
  };
}
