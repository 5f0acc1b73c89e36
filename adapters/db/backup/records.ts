import type { BackupFault, BackupRecord, BackupState, BackupStore, VerificationState } from '../../../domain/backup/backup';
import { AppError } from '../../../domain/errors';
import type { Sql, SqlPool } from '../connection/pool';

interface BackupRow {
  readonly id: string;
  readonly state: BackupState;
  readonly place: string | null;
  readonly asked_by: string;
  readonly asker: string | null;
  readonly asked_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly snapshot_at: Date | null;
  readonly version: string | null;
  readonly master_key: string | null;
  readonly table_count: number;
  readonly of_tables: number | null;
  readonly row_count: bigint;
  readonly object_count: bigint;
  readonly byte_count: bigint;
  readonly part_count: number | null;
  readonly missing_objects: bigint | null;
  readonly fault: BackupFault | null;
  readonly verify_state: VerificationState | null;
  readonly verify_by: string;
  readonly verifier: string | null;
  readonly verify_asked_at: Date;
  readonly verified_at: Date | null;
  readonly problems: readonly string[];
}

const nameOf = (column: string): string => `(select email from users where 'user:' || public_id = b.${column})`;
const RECORDS = `
  select b.*, ${nameOf('asked_by')} as asker, ${nameOf('verify_by')} as verifier from backups b`;

const PAGE = `${RECORDS}
  where ($1::text is null or (b.asked_at, b.id) < (select asked_at, id from backups where id = $1)) and ($3::text is null or b.state = $3)
  order by b.asked_at desc, b.id desc limit $2`;

const ASK = `
  insert into backups (id, held_until, place, asked_by, state) values ($1, '-infinity', $2, $3, 'queued') on conflict do nothing returning id`;

const ASK_VERIFICATION = `
  update backups set verify_state = 'queued', verify_by = $2, verify_asked_at = now(), verified_at = null, problems = '[]'
  where id = $1 and state = 'succeeded' and place is not null and coalesce(verify_state not in ('queued', 'running'), true) returning id`;

/** What is known of backups. */
export function createBackupRecords(pool: SqlPool): BackupStore {
  return {
    async list({ limit, after, state }) {
      return (await pool.query<BackupRow>(PAGE, [after, limit, state])).map(recordOf);
    },
    find: (id) => find(pool, id),
    async ask({ id, place, actor }) {
      const made = await pool.query(ASK, [id, place, actor]);
      if (made.length === 0) throw new AppError('conflict', 'A backup is being made already. Wait for its end.');
      return find(pool, id);
    },
    async askVerification(id, actor) {
      const asked = await pool.query(ASK_VERIFICATION, [id, actor]);
      const { state, place } = await find(pool, id);
      if (asked.length > 0) return find(pool, id);
      if (state !== 'succeeded') throw new AppError('conflict', `Only a backup that succeeded can be verified; this one is ${state}.`);
      if (place === null) throw new AppError('conflict', 'Where this backup went was not kept. Use atelier backup verify.');
      throw new AppError('conflict', 'This backup is being verified already.');
    },
  };
}

async function find(sql: Sql, id: string): Promise<BackupRecord> {
  const [row] = await sql.query<BackupRow>(`${RECORDS} where b.id = $1`, [id]);
  if (row === undefined) throw new AppError('not_found', `There is no backup ${JSON.stringify(id.slice(0, 100))}.`);
  return recordOf(row);
}

function recordOf(row: BackupRow): BackupRecord {
  return {
    id: row.id,
    state: row.state,
    place: row.place,
    by: { actor: row.asked_by, name: row.asker },
    askedAt: row.asked_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    snapshotAt: row.snapshot_at,
    version: row.version,
    masterKey: row.master_key,
    contents: {
      tables: row.table_count,
      ofTables: row.of_tables,
      rows: Number(row.row_count),
      objects: Number(row.object_count),
      bytes: Number(row.byte_count),
      parts: row.part_count,
      missingObjects: row.missing_objects === null ? null : Number(row.missing_objects),
    },
    fault: row.fault,
    verification:
      row.verify_state === null
        ? null
        : {
            state: row.verify_state,
            by: { actor: row.verify_by, name: row.verifier },
            askedAt: row.verify_asked_at,
            endedAt: row.verified_at,
            problems: row.problems,
          },
  };
}
