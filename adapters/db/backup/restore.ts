import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BookSums, SequenceState, TableShape } from '../../../domain/backup/manifest';
import type { FillTables, RestoredRuns, RestoreGap, RestoreTarget } from '../../../domain/backup/ports';
import { AppError } from '../../../domain/errors';
import { knownMigrations, migrate, RESTORE_MARK } from '../schema/migrate';
import { overOwn, rowsOf } from './client';
import { BOOKS } from './snapshot';

/** Rows of these are an installation's own; the others come with the schema. */
const TELLING = ['tasks', 'ledger', 'teams', 'users', 'providers'];

/** Makes an installation of an empty database. */
export function createRestoreTarget(url: string): RestoreTarget {
  const within = <T>(work: (client: Client) => Promise<T>): Promise<T> => overOwn(url, 'atelier restore', work);

  return {
    async check(migrations) {
      const known = new Set(await knownMigrations());
      const unknown = migrations.filter((name) => !known.has(name));
      if (unknown.length > 0) {
        throw new AppError(
          'conflict',
          `The backup was made by a newer version (${unknown.join(', ')}). Restore it with that version or a later one.`,
        );
      }
      await within((client) => refuseUnlessEmpty(client, migrations));
    },
    prepare: (migrations) => migrate(url, { through: migrations }),
    load: (tables, sequences, fill) => within((client) => load(client, tables, sequences, fill)),
    async finish(gap) {
      await migrate(url, { isRestore: true });
      return within((client) => finish(client, gap));
    },
    async books() {
      const [books] = await within((client) => rowsOf<BookSums>(client, BOOKS));
      if (books === undefined) throw new Error('Postgres answered nothing.');
      return books;
    },
  };
}

async function refuseUnlessEmpty(client: Client, migrations: readonly string[]): Promise<void> {
  for (const table of TELLING) {
    const [there] = await rowsOf<{ there: boolean }>(client, 'select to_regclass($1) is not null as there', [table]);
    if (there?.there !== true) continue;
    if ((await rowsOf(client, `select 1 from ${table} limit 1`)).length > 0) {
      throw new AppError(
        'conflict',
        `The database is not empty: ${table} has rows. A backup is restored into an empty database only; make a new one and name it by DATABASE_URL.`,
      );
    }
  }
  const [made] = await rowsOf<{ there: boolean }>(client, `select to_regclass('knex_migrations') is not null as there`);
  if (made?.there !== true) return;
  const later = (await rowsOf<{ name: string }>(client, 'select name from knex_migrations order by name')).filter(
    ({ name }) => !migrations.includes(name),
  );
  if (later.length > 0) {
    throw new AppError(
      'conflict',
      `The database has tables of a later version than the backup's (${later.map(({ name }) => name).join(', ')}). Restore into a database without tables.`,
    );
  }
}

/** All or nothing: one transaction. Indexes of partitions are made when they are full. */
async function load(client: Client, tables: readonly TableShape[], sequences: readonly SequenceState[], fill: FillTables): Promise<void> {
  const name = (text: string): string => client.escapeIdentifier(text);
  await client.query('begin');
  await client.query(`create table ${RESTORE_MARK} (since timestamptz not null default now())`);
  const plain = await rowsOf<{ name: string }>(client, PLAIN);
  for (const partition of await rowsOf<{ name: string }>(client, PARTITIONS)) await client.query(`drop table ${name(partition.name)}`);
  const isPlain = new Set(plain.map((table) => table.name));
  for (const table of plain) await client.query(`alter table ${name(table.name)} disable trigger user`);
  await client.query(`truncate ${plain.map((table) => name(table.name)).join(', ')}`);
  await fill(
    async (table, rows) => {
      if (!isPlain.has(table.name)) await client.query('select new_partition($1, $2)', [parentOf(table), table.name]);
      const copied = await copyIn(client, table, rows);
      if (table.partition !== null) {
        await client.query(`alter table ${name(table.partition.of)} attach partition ${name(table.name)} ${table.partition.bound}`);
      }
      return copied;
    },
    inOrder(tables, await referencesOf(client)),
  );
  for (const table of plain) await client.query(`alter table ${name(table.name)} enable trigger user`);
  for (const sequence of sequences) {
    await client.query('select setval($1::regclass, $2::bigint, $3)', [name(sequence.name), sequence.value, sequence.isCalled]);
  }
  await client.query('commit');
}

const OURS = `c.relnamespace = current_schema()::regnamespace and c.relname !~ '^(knex_|schema_functions)' and c.relname <> '${RESTORE_MARK}'`;
const PLAIN = `select c.relname as name from pg_class c where ${OURS} and c.relkind = 'r' and not c.relispartition`;
const PARTITIONS = `select c.relname as name from pg_class c where ${OURS} and c.relkind = 'r' and c.relispartition`;
const REFERENCES = `
  select r.relname as from, t.relname as to from pg_constraint k join pg_class r on r.oid = k.conrelid join pg_class t on t.oid = k.confrelid
  where k.contype = 'f' and r.oid <> t.oid and r.relnamespace = current_schema()::regnamespace`;

/** Detached partitions (docs/scaling.md) are tables of their own, named as their former table and its time. */
function parentOf({ name, partition }: TableShape): string {
  const parent = partition?.of ?? /^(tasks|attempts|ledger|calls)_\w+$/.exec(name)?.[1];
  if (parent !== undefined) return parent;
  throw new AppError(
    'conflict',
    `The backup has a table ${name}, which no migration makes. Restore it with the version that it was made by.`,
  );
}

async function copyIn(client: Client, { name, columns }: TableShape, rows: AsyncIterable<Uint8Array>): Promise<number> {
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const copy = client.query(copyFrom(`copy ${client.escapeIdentifier(name)} (${list}) from stdin`));
  await pipeline(Readable.from(rows, { objectMode: false }), copy);
  return copy.rowCount;
}

async function referencesOf(client: Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const { from, to } of await rowsOf<{ from: string; to: string }>(client, REFERENCES))
    found.set(from, [...(found.get(from) ?? []), to]);
  return found;
}

/** A table after those that its rows refer to. */
function inOrder(tables: readonly TableShape[], references: ReadonlyMap<string, readonly string[]>): readonly TableShape[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<TableShape>();
  const visiting = new Set<string>();
  const visit = (table: TableShape): void => {
    if (ordered.has(table) || visiting.has(table.name)) return;
    visiting.add(table.name);
    for (const name of references.get(table.name) ?? []) {
      const other = byName.get(name);
      if (other !== undefined) visit(other);
    }
    ordered.add(table);
  };
  tables.forEach(visit);
  return [...ordered];
}

const RUNS = `
  select (select count(*)::int from tasks where finished_at is null and type <> 'text') as media,
    (select count(*)::int from tasks where finished_at is null and type = 'text') as texts,
    (select count(*)::int from campaigns where status = 'running') as campaigns,
    (select count(*)::int from callbacks where status = 'pending') as callbacks,
    (select count(*)::int from schedules where deleted_at is null) as schedules`;

/** What the new server and the empty Temporal must be told. */
async function finish(client: Client, { mayHaveBought }: RestoreGap): Promise<RestoredRuns> {
  await client.query('begin');
  await client.query('select renumber_events()');
  if (mayHaveBought) {
    await client.query(
      `insert into restored_tasks (task_id) select id from tasks where finished_at is null and type <> 'text' on conflict do nothing`,
    );
  }
  // Temporal has none of their workflows: the sweeper gives them new ones at once.
  await client.query('update tasks set workflow_id = null, planned_workflow_id = null where finished_at is null');
  await client.query(`update campaigns set looked_at = null where status = 'running'`);
  await client.query(`update callbacks set quiet_until = null where status = 'pending'`);
  const [runs] = await rowsOf<RestoredRuns>(client, RUNS);
  await client.query(`drop table ${RESTORE_MARK}`);
  await client.query('commit');
  await client.query('analyze');
  if (runs === undefined) throw new Error('Postgres answered nothing.');
  return runs;
}
