import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import knex from 'knex';
import { createDatabase } from '../../adapters/db';
import { planFunctions } from '../../adapters/db/schema/functions';
import { createEmptyDatabase, dropTestDatabase } from '../support/database';
import { useDatabase } from '../support/stack';
import { dumpSchema } from './schema-dump';
import { useConnections } from './support';

const ROOT = join(__dirname, '../../adapters/db');
const DUMP = join(ROOT, 'schema', 'schema.sql');

const database = useDatabase();
const connections = useConnections(database, ['operator']);
const sql = <Row extends object>(text: string) => connections.operator.query<Row>(text);
const textOf = async (name: string) =>
  (await sql<{ text: string }>(`select prosrc as text from pg_proc where proname = '${name}'`)).map((row) => row.text);
const forget = (name: string) => sql(`update schema_functions set checksum = 'of before' where name = '${name}'`);

it('schema.sql shows the schema that the migrations make', async () => {
  const dump = await dumpSchema(sql);
  if (process.env['ATELIER_WRITE_SCHEMA'] === '1') writeFileSync(DUMP, dump);
  const kept = readFileSync(DUMP, 'utf8');
  // The second shows the difference, and what to do about it.
  if (dump !== kept) expect(kept).toBe(`${dump}The schema has changed: run \`npm run schema\` and commit schema.sql.`);
});

it('an empty database is migrated once, though two processes do it at once', async () => {
  const url = await createEmptyDatabase();
  const both = ['one', 'two'].map((applicationName) => createDatabase({ url, poolMax: 1, applicationName }));
  try {
    await Promise.all(both.map((one) => one.migrate()));
    expect(await dumpSchema((text) => both[0]!.query(text))).toBe(await dumpSchema(sql));
  } finally {
    await Promise.all(both.map((one) => one.close()));
    await dropTestDatabase(url);
  }
});

describe('The functions of the database', () => {
  const drop = 'drop function budget_length(text)';

  it.each([
    ['another text', `create or replace function budget_length(p_period text) returns text language sql immutable as $$ select 'old' $$`],
    ['another answer', `${drop}; create function budget_length(p_period text) returns int language sql immutable as $$ select 1 $$`],
    [
      'other names of arguments',
      `${drop}; create function budget_length(p_what text) returns text language sql immutable as $$ select 'old' $$`,
    ],
    [
      'other arguments',
      `${drop}; create function budget_length(p_period text, p_team int) returns text language sql as $$ select 'old' $$`,
    ],
    ['nothing', drop],
  ])('are those of this version where the one before had %s', async (_, before) => {
    const current = await textOf('budget_length');
    for (const statement of before.split('; ')) await sql(statement);
    await forget('budget_length');

    await connections.operator.migrate();

    expect(await textOf('budget_length')).toEqual(current);
    expect(await dumpSchema(sql)).toBe(readFileSync(DUMP, 'utf8'));
  });

  it('are left alone when nothing has changed, also where they serve triggers and indexes', async () => {
    const rows = () => sql('select proname, xmin::text from pg_proc where pronamespace = current_schema()::regnamespace order by 1');
    const before = await rows();
    await connections.operator.migrate();
    expect(await rows()).toEqual(before);
    for (const name of ['announce_callback', 'input_assets']) await forget(name);
    await connections.operator.migrate();
    expect(await dumpSchema(sql)).toBe(readFileSync(DUMP, 'utf8'));
  });

  it('are dropped once their file is gone, unless something still needs them', async () => {
    await sql('create function gone() returns trigger language plpgsql as $$ begin return null; end $$');
    await sql(`insert into schema_functions values ('gone', 'of before')`);
    await sql('create trigger needs_it after insert on spool for each statement execute function gone()');
    await forget('budget_length');
    await expect(connections.operator.migrate()).rejects.toThrow(
      /function gone cannot be dropped: trigger needs_it on table spool depends on/,
    );
    // All or nothing.
    expect(await sql(`select 1 from schema_functions where name = 'budget_length' and checksum = 'of before'`)).toHaveLength(1);
    await sql('drop trigger needs_it on spool');
    await connections.operator.migrate();
    expect(await textOf('gone')).toEqual([]);
  });
});

describe('A folder of functions', () => {
  /** Plans it in a transaction that is rolled back; `tables` stand for the migrations in between. */
  async function applied(files: Readonly<Record<string, string>>, tables: string): Promise<readonly { name: string }[]> {
    const folder = mkdtempSync(join(tmpdir(), 'atelier-functions-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.sql`), text);
    const url = await createEmptyDatabase();
    const client = knex({ client: 'pg', connection: url });
    try {
      return await client.transaction(async (transaction) => {
        const functions = await planFunctions(transaction, folder);
        await functions.createPossible();
        await transaction.raw(tables);
        await functions.finish();
        return transaction<{ name: string }>('schema_functions').select('name').orderBy('name');
      });
    } finally {
      await client.destroy();
      await dropTestDatabase(url);
      rmSync(folder, { recursive: true });
    }
  }

  it('is created in whatever order it needs, before and after the tables', async () => {
    const files = {
      a_row: 'create function a_row(p_row things) returns int language sql as $$ select b_value() $$',
      a_row_or_more: 'create function a_row_or_more(p_row things, p_n int default b_value()) returns int language sql as $$ select 1 $$',
      b_value: 'create function b_value() returns int language sql as $$ select 1 $$',
      c_check: `create function c_check() returns trigger language plpgsql as $$ begin return new; end $$`,
    };
    const tables = `create table things (id int default b_value());
      create trigger checked before insert on things for each row execute function c_check()`;
    expect((await applied(files, tables)).map(({ name }) => name)).toEqual(Object.keys(files));
  });

  it.each([
    ['is wrong', 'create function broken() returns int language sql as', /functions\/broken\.sql: .*syntax error/],
    [
      'needs what nobody makes',
      'create function broken(p_row nowhere) returns int language sql as $$ select 1 $$',
      /broken\.sql: .*nowhere/,
    ],
    [
      'creates another function',
      'create function other() returns int language sql as $$ select 1 $$',
      /broken\.sql must create one function, broken/,
    ],
    ['creates nothing', 'select 1', /broken\.sql must create one function, broken/],
  ])('is refused by the name of a file that %s', async (_, text, message) => {
    await expect(applied({ broken: text }, 'select 1')).rejects.toThrow(message);
  });
});
