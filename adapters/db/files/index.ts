import type { FileStore, NewFile, StoredFile } from '../../../domain/file/file';
import type { Sql, SqlPool } from '../connection/pool';
import { storable } from '../tasks/parameters';

const EXPIRES = `case when not exists (select from legal_holds h where h.team_id = f.team_id and h.released_at is null)
  then least(f.expires_at, f.created_at + retention_days('contents', f.team_id, '') * interval '24 hours') end`;
const SELECT = `
  select f.id, f.team_id, f.purpose, f.filename, f.content_type, f.size_bytes, f.sha256, f.key, f.created_at, ${EXPIRES} as expires_at
  from files f where (${EXPIRES} is null or ${EXPIRES} > now())`;
const GET = `${SELECT} and f.id = $1 and ($2::int is null or f.team_id = $2)`;
const page = (order: 'asc' | 'desc'): string => `${SELECT}
  and ($1::int is null or f.team_id = $1) and ($2::text is null or f.purpose = $2)
  and ($3::text is null or f.id ${order === 'asc' ? '>' : '<'} $3) order by f.id ${order} limit $4`;

/** Files of one team come one after the other, so that together they never have more than they may. The class of lock is ours alone. */
const LOCK_TEAM = 'select pg_advisory_xact_lock(20221, $1)';
const KEPT = 'select coalesce(sum(size_bytes), 0)::bigint as bytes from files where team_id = $1';
const INSERT = `
  insert into files (id, team_id, purpose, filename, content_type, size_bytes, sha256, key, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::int * interval '1 second') on conflict (id) do nothing`;
const REMOVE = `
  with gone as (delete from files where id = $1 and ($2::int is null or team_id = $2) returning key),
       given_up as (insert into removals (key) select key from gone on conflict do nothing)
  select key from gone`;

interface FileRow {
  readonly id: string;
  readonly team_id: number;
  readonly purpose: StoredFile['purpose'];
  readonly filename: string;
  readonly content_type: string;
  readonly size_bytes: bigint;
  readonly sha256: string;
  readonly key: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

function fileOf(row: FileRow): StoredFile {
  return {
    id: row.id,
    teamId: row.team_id,
    purpose: row.purpose,
    filename: row.filename,
    contentType: row.content_type,
    sizeBytes: Number(row.size_bytes),
    sha256: row.sha256,
    key: row.key,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

/** Makes a stored object known as a file, within a transaction. Repeating changes nothing. */
export async function insertFile(sql: Sql, file: NewFile): Promise<void> {
  await sql.query(INSERT, [
    file.id,
    file.teamId,
    file.purpose,
    storable(file.filename),
    storable(file.contentType),
    file.sizeBytes,
    file.sha256,
    file.key,
    file.expiresAfterS,
  ]);
}

/** The files of teams in Postgres. */
export function createFileStore(pool: SqlPool): FileStore {
  return {
    keep: (file, mostBytes) =>
      pool.transaction(async (sql) => {
        await sql.query(LOCK_TEAM, [file.teamId]);
        const [kept] = await sql.query<{ bytes: bigint }>(KEPT, [file.teamId]);
        if (Number(kept?.bytes ?? 0n) + file.sizeBytes > mostBytes) return null;
        await insertFile(sql, file);
        const [row] = await sql.query<FileRow>(GET, [file.id, file.teamId]);
        return row === undefined ? null : fileOf(row);
      }),
    async get(id, teamId) {
      const [row] = await pool.named<FileRow>('get_file', GET, [id, teamId]);
      return row === undefined ? null : fileOf(row);
    },
    async list({ teamId, purpose, order, after, limit }) {
      const rows = await pool.query<FileRow>(page(order), [teamId, purpose ?? null, after ?? null, limit + 1]);
      return { data: rows.slice(0, limit).map(fileOf), hasMore: rows.length > limit };
    },
    remove: async (id, teamId) => (await pool.query(REMOVE, [id, teamId])).length > 0,
  };
}
