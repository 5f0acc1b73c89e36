import type { Sql, SqlPool } from '../connection/pool';

/** A range of the books that is over and was proved: `[fromKey, toKey)` of task ids, a partition of tasks and ledger. */
export interface Seal {
  readonly fromKey: string;
  readonly toKey: string;
  readonly entries: bigint;
  readonly sealedAt: Date;
  /** The server counts changes to the partition that it had not counted then, or has begun to count anew. */
  readonly isTouched: boolean;
}

/** A range is sealed so long after its end at the earliest: whoever was slow has written by then. */
const SEALED_AFTER = `interval '1 day'`;

/** Rows are hashed as records: as text, which came before, takes three times as long. */
const HASHED_AS = 'records';

/**
 * Partitions by their bounds. Movements of accounts come to the first one for ever, so new rows of it are no sign; the keys of its range begin with
 * those of tasks. How rows are hashed stands before the counts: a range that was sealed in another way is proved and sealed anew.
 */
const RANGES = `
  select case when bound like '%MINVALUE%' then 'task_' else substring(bound from $b$FROM \\('(task_[0-9a-f]{12})'\\)$b$) end collate "C" as from_key,
         substring(bound from $b$ TO \\('(task_[0-9a-f]{12})'\\)$b$) collate "C" as to_key,
         concat_ws('/', '${HASHED_AS}', case when bound not like '%MINVALUE%' then pg_stat_get_tuples_inserted(part) end, pg_stat_get_tuples_updated(part),
                   pg_stat_get_tuples_deleted(part)) as changes
  from (
    select pg_get_expr(c.relpartbound, c.oid) as bound, to_regclass('ledger_' || substr(c.relname, 7)) as part
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'tasks'::regclass
  ) as partition where bound <> 'DEFAULT' and part is not null`;

const SEALS = `
  select s.from_key as "fromKey", s.to_key as "toKey", s.entries, s.sealed_at as "sealedAt",
    not exists (select from (${RANGES}) as r where (r.from_key, r.to_key, r.changes) = (s.from_key, s.to_key, s.changes)) as "isTouched"
  from ledger_seals s where s.changes like '${HASHED_AS}/%' order by s.from_key`;

/**
 * What a range adds up to, of its first and last key: as a whole, and `sums` of each account (id, granted, held, spent). Of a task all that its books say.
 * Few accounts move together.
 */
const DIGEST = `
  with moved as materialized (
    select account_ids, count(*) as rows, sum(hash_record_extended(l, 0)) as hash, sum(granted_delta) as granted, sum(held_delta) as held,
      sum(spent_delta) as spent
    from ledger l where l.operation_key >= $1 and l.operation_key < $2 group by account_ids
  ), told as materialized (
    select count(*) as rows, sum(hash_record_extended(row(id, status, refused, reserved, held, actual, refunded, account_ids), 0)) as hash
    from tasks where id >= $1 and id < $2
  )
  select (select json_build_array(coalesce(sum(rows), 0), coalesce(sum(hash), 0)::text) from moved) as ledger,
    (select json_build_array(rows, coalesce(hash, 0)::text) from told) as tasks,
    (select coalesce(json_agg(json_build_array(account_id, granted::text, held::text, spent::text)), '[]') from (
       select account_id, sum(granted) as granted, sum(held) as held, sum(spent) as spent
       from moved, unnest(account_ids) as account_id group by account_id) as summed) as sums`;

interface Digest {
  readonly ledger: readonly [number, string];
  readonly tasks: readonly [number, string];
}

/** One of each account that moved in a range. */
type Sums = readonly (readonly [number, string, string, string])[];

/** Ranges that are over, have no seal as they are counted now, and in which every task has ended. */
const CLOSED = `
  select r.* from (${RANGES}) as r
  where r.to_key < task_key(now() - ${SEALED_AFTER})
    and not exists (select from ledger_seals s where (s.from_key, s.to_key, s.changes) = (r.from_key, r.to_key, r.changes))
    and not exists (select from tasks t where t.id >= r.from_key and t.id < r.to_key and t.finished_at is null)
  order by r.from_key`;

interface ClosedRange {
  readonly from_key: string;
  readonly to_key: string;
  readonly changes: string;
}

const INSERT = `
  insert into ledger_seals (from_key, to_key, changes, entries, ledger_hash, tasks, tasks_hash)
  values ($1, $2, $3, $4, $5::numeric, $6, $7::numeric)`;
const INSERT_SUMS = `
  insert into ledger_seal_sums (from_key, account_id, granted, held, spent)
  select $1, (one ->> 0)::int, (one ->> 1)::bigint, (one ->> 2)::bigint, (one ->> 3)::bigint from json_array_elements($2::json) as one`;

/** All seals, in order. */
export function readSeals(sql: Sql): Promise<readonly Seal[]> {
  return sql.query<Seal>(SEALS);
}

/** Reads these ranges again; answers what has changed in them since they were proved, one sentence each. */
export async function brokenSeals(sql: Sql, seals: readonly Seal[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { fromKey, toKey, sealedAt } of seals) {
    const now = await digestOf(sql, fromKey, toKey);
    const [then] = await sql.query<Digest>(
      `select json_build_array(entries, ledger_hash::text) as ledger, json_build_array(tasks, tasks_hash::text) as tasks from ledger_seals where from_key = $1`,
      [fromKey],
    );
    if (then === undefined) continue;
    const since = `has changed since it was proved at ${sealedAt.toISOString()}`;
    for (const table of ['ledger', 'tasks'] as const) {
      if (now[table][1] === then[table][1] && now[table][0] === then[table][0]) continue;
      problems.push(
        `The closed part of ${table} from ${fromKey} to ${toKey} ${since}: it has ${String(now[table][0])} rows instead of ${String(then[table][0])}, or other contents.`,
      );
    }
  }
  return problems;
}

/**
 * Seals what is over, once the books were found right: each range in a transaction of its own, in which no refund can break a seal that it does not
 * see yet. It waits for as long as that range is read.
 */
export async function sealClosed(pool: SqlPool): Promise<void> {
  for (const { from_key } of await pool.query<ClosedRange>(CLOSED)) {
    await pool.transaction(async (sql) => {
      await sql.query(`set local statement_timeout = '60min'`);
      await sql.query('lock table ledger_seals in share row exclusive mode');
      // Another proof may have sealed it.
      const range = (await sql.query<ClosedRange>(CLOSED)).find((one) => one.from_key === from_key);
      if (range === undefined) return;
      const { ledger, tasks, sums } = await digestOf(sql, from_key, range.to_key);
      await sql.query('delete from ledger_seals where from_key = $1', [from_key]);
      await sql.query(INSERT, [from_key, range.to_key, range.changes, ...ledger, ...tasks]);
      await sql.query(INSERT_SUMS, [from_key, JSON.stringify(sums)]);
    });
  }
}

async function digestOf(sql: Sql, fromKey: string, toKey: string): Promise<Digest & { readonly sums: Sums }> {
  const [digest] = await sql.query<Digest & { readonly sums: Sums }>(DIGEST, [fromKey, toKey]);
  if (digest === undefined) throw new Error('Postgres answered nothing.');
  return digest;
}
