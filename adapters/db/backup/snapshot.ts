import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { TABLES_LEFT_OUT, type BookSums, type SequenceState, type TableShape } from '../../../domain/backup/manifest';
import type { RowSnapshot } from '../../../domain/backup/ports';
import { AppError } from '../../../domain/errors';
import { translate } from '../connection/sqlstate';
import { connect, rowsOf } from './client';

/** What the migrator itself keeps: made by it in the restored database. */
const OF_THE_MIGRATOR = ['knex_migrations', 'knex_migrations_lock', 'schema_functions'];

/** Every table that holds rows, partitions by themselves, with the columns that are not computed. */
const TABLES = `
  select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound,
    array(select a.attname::text from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
  from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
  where c.relkind = 'r' and c.relpersistence = 'p' and c.relnamespace = current_schema()::regnamespace and c.relname <> all($1::text[])
  order by c.relname`;

// To be read from the sequence itself: it has no moment, so this is at least as far as any row of the snapshot.
const SEQUENCES = `select c.relname as name from pg_class c where c.relkind = 'S' and c.relnamespace = current_schema()::regnamespace order by 1`;

export const BOOKS = `
  select (select count(*)::float8 from accounts) as accounts, (select count(*)::float8 from ledger) as entries,
    (select coalesce(sum(granted), 0)::text from accounts) as granted, (select coalesce(sum(held), 0)::text from accounts) as held,
    (select coalesce(sum(spent), 0)::text from accounts) as spent`;

// As `instances` says it (upkeep/instances.ts): who was silent for a minute is taken for dead.
const LIVES = `select 1 from instances where last_seen > now() - interval '1 minute' limit 1`;

/** Objects that rows name. What is on its way (staged, spooled, partial) is named inside of JSON and copied with the rest. */
const NAMED = `
  select key from assets where contents_expired_at is null
  union all select thumbnail_key from assets where contents_expired_at is null and thumbnail_key <> key
  union all select key from files
  union all select items_key from schedules where deleted_at is null
  union all select key from template_versions
  union all select key from histories
  union all select stored_at(input) from tasks where contents_expired_at is null and stored_at(input) is not null
  union all select stored_at(text_result) from tasks where contents_expired_at is null and stored_at(text_result) is not null`;

const PAGE = 5_000;

/** Reads an installation as it is at this moment. The transaction writes nothing, so it holds up no follower of the events. */
export async function openSnapshot(url: string): Promise<RowSnapshot> {
  const client = await connect(url, 'atelier backup');
  try {
    await client.query('begin isolation level repeatable read read only');
    const [there] = await rowsOf<{ there: boolean }>(client, `select to_regclass('knex_migrations') is not null as there`);
    if (there?.there !== true) throw new AppError('conflict', 'There is no installation in this database: it has no tables of Atelier.');
    const listed = await rowsOf<{ name: string; parent: string | null; bound: string | null; columns: string[] }>(client, TABLES, [
      [...OF_THE_MIGRATOR, ...TABLES_LEFT_OUT],
    ]);
    // Held until the end: a partition that was listed is not dropped before it is read.
    await client.query(`lock table ${listed.map(({ name }) => client.escapeIdentifier(name)).join(', ')} in access share mode`);
    const [facts] = await rowsOf<{ at: Date; postgres: string }>(
      client,
      `select now() as at, current_setting('server_version') as postgres`,
    );
    const migrations = await rowsOf<{ name: string }>(client, 'select name from knex_migrations order by name');
    const living = await rowsOf(client, LIVES);
    const sequences = await readSequences(client);
    const [books] = await rowsOf<BookSums>(client, BOOKS);
    if (facts === undefined || books === undefined) throw new Error('Postgres answered nothing.');
    return {
      ...facts,
      migrations: migrations.map(({ name }) => name),
      isStopped: living.length === 0,
      tables: listed.map(({ name, parent, bound, columns }): TableShape => {
        return { name, columns, partition: parent === null || bound === null ? null : { of: parent, bound } };
      }),
      sequences,
      books,
      copy: (table) => copyOut(client, table),
      objectKeys: () => pagesOf(client),
      end: () => client.end(),
    };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw translate(error);
  }
}

async function readSequences(client: Client): Promise<readonly SequenceState[]> {
  const states: SequenceState[] = [];
  for (const { name } of await rowsOf<{ name: string }>(client, SEQUENCES)) {
    const [state] = await rowsOf<{ value: string; isCalled: boolean }>(
      client,
      `select last_value::text as value, is_called as "isCalled" from ${client.escapeIdentifier(name)}`,
    );
    if (state !== undefined) states.push({ name, ...state });
  }
  return states;
}

/** Text, not binary: any later Postgres reads it, and so does a person. */
function copyOut(client: Client, { name, columns }: TableShape): AsyncIterable<Uint8Array> {
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  return client.query(copyTo(`copy ${client.escapeIdentifier(name)} (${list}) to stdout`));
}

async function* pagesOf(client: Client): AsyncGenerator<readonly string[]> {
  await client.query(`declare named no scroll cursor for ${NAMED}`);
  for (;;) {
    const rows = await rowsOf<{ key: string }>(client, `fetch ${String(PAGE)} from named`);
    if (rows.length === 0) break;
    yield rows.map(({ key }) => key);
  }
  await client.query('close named');
}
