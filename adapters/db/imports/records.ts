import { AppError } from '../../../domain/errors';
import type { ImportedRecord } from '../../../domain/migration/traffic';
import type { Sql } from '../connection/pool';

interface Row {
  readonly legacy_table: string;
  readonly legacy_id: bigint;
  readonly team: string;
  readonly owner: string | null;
  readonly platform: string;
  readonly action: string;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly succeeded: boolean;
  readonly fail_reason: string | null;
  readonly urls: readonly string[];
  readonly cost: bigint;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

/** Generations of the past, the newest first. */
export async function recordsOf(
  sql: Sql,
  id: string,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<readonly ImportedRecord[]> {
  const place = after === null ? null : await placeOf(sql, id, after);
  const rows = await sql.query<Row>(
    `select r.*, t.name as team, u.email as owner
     from imported_tasks r join teams t on t.id = r.team_id left join users u on u.id = r.member_id
     where r.import_id = $1 ${place === null ? '' : 'and (r.created_at, r.legacy_table, r.legacy_id) < ($3::timestamptz, $4, $5::bigint)'}
     order by r.created_at desc, r.legacy_table desc, r.legacy_id desc limit $2`,
    place === null ? [id, limit] : [id, limit, place.at, place.table, place.legacyId],
  );
  return rows.map((row) => ({
    id: `${row.legacy_table}/${String(row.legacy_id)}`,
    team: row.team,
    owner: row.owner,
    platform: row.platform,
    action: row.action,
    model: row.model,
    prompt: row.prompt,
    succeeded: row.succeeded,
    failReason: row.fail_reason,
    urls: row.urls,
    costMicroUsd: row.cost,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  }));
}

async function placeOf(sql: Sql, id: string, after: string) {
  const [table = '', legacyId = ''] = after.split('/');
  // Text keeps the microseconds.
  const rows = /^\d{1,18}$/.test(legacyId)
    ? await sql.query<{ at: string }>(
        'select created_at::text as at from imported_tasks where import_id = $1 and legacy_table = $2 and legacy_id = $3',
        [id, table, legacyId],
      )
    : [];
  const [row] = rows;
  if (row === undefined) throw new AppError('not_found', 'No generation of this move has the id given as after.');
  return { at: row.at, table, legacyId };
}
