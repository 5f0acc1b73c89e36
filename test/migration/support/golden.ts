import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { createEmptyDatabase, dropTestDatabase } from '../../support/database';
import { mariadb, startMariadb, type TestMariadb } from './mariadb';

const FOLDER = join(__dirname, '../../fixtures/migration');

/** What an importer must make of one golden database; the fields are told in the fixtures' README. */
export interface Expected {
  readonly file: string;
  readonly product: 'new-api' | 'one-api';
  readonly engine: string;
  readonly tables: Readonly<Record<string, number>>;
  readonly balances: { readonly live_users_quota: number; readonly live_users_usd: string };
  readonly groups: readonly { readonly name: string; readonly ratio: string | null }[];
  readonly users: readonly any[];
  readonly tokens: readonly any[];
  readonly channels: readonly any[];
  readonly models: readonly any[];
  readonly tasks: any;
  readonly redemptions: any;
  readonly spend_by_user_quota: Readonly<Record<string, number>>;
  readonly warnings: readonly any[];
  readonly never_in_output: readonly string[];
  readonly arithmetic: any;
}

const { files } = JSON.parse(gunzipSync(readFileSync(join(FOLDER, 'expected-a.json.gz'))).toString('utf8')) as {
  readonly files: readonly Expected[];
};

/** The golden databases; those of MySQL only where a MariaDB server is on the machine. */
export const GOLDEN = files.filter(({ file }) => !file.includes('mysql') || mariadb() !== null);
/** Those that can't be tried here, for a test that says so. */
export const NOT_RUN = files.filter((one) => !GOLDEN.includes(one)).map(({ file }) => file);

export function expectedOf(file: string): Expected {
  const found = files.find((one) => one.file === file);
  if (found === undefined) throw new Error(`There is no golden database ${file}.`);
  return found;
}

/** A golden database on its engine. */
export interface OpenGolden {
  /** What the command line is given. */
  readonly location: string;
  /** Its contents, to compare. */
  checksum(): Promise<string>;
  close(): Promise<void>;
}

/** @param folder - where a SQLite file is put */
export async function openGolden(file: string, folder: string): Promise<OpenGolden> {
  const contents = gunzipSync(readFileSync(join(FOLDER, file)));
  if (file.includes('.sqlite')) return openFile(contents, join(folder, file.replace('.gz', '')));
  return file.includes('.pg.') ? openPostgres(contents.toString('utf8')) : openMariadb(contents);
}

function openFile(contents: Buffer, path: string): OpenGolden {
  writeFileSync(path, contents);
  return {
    location: path,
    checksum: () => Promise.resolve(createHash('sha256').update(readFileSync(path)).digest('hex')),
    close: () => Promise.resolve(),
  };
}

async function openPostgres(sql: string): Promise<OpenGolden> {
  const url = await createEmptyDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.query('reset all');
  const tables = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
  );
  return {
    location: url,
    async checksum() {
      const hash = createHash('sha256');
      for (const { name } of tables.rows) {
        const { rows } = await client.query<{ sum: string }>(
          `select md5(string_agg(t::text, chr(10) order by t::text)) as sum from public."${name}" t`,
        );
        hash.update(`${name} ${rows[0]?.sum ?? ''}\n`);
      }
      return hash.digest('hex');
    },
    async close() {
      await client.end();
      await dropTestDatabase(url);
    },
  };
}

let server: Promise<TestMariadb> | undefined;
let users = 0;

async function openMariadb(sql: Buffer): Promise<OpenGolden> {
  server ??= startMariadb();
  const running = await server;
  users += 1;
  const name = `golden_${String(users)}`;
  await running.load(name, sql);
  return {
    location: running.url(name),
    checksum: () => running.checksum(name),
    close: () => running.drop(name),
  };
}

/** Ends the MariaDB server, if one was started. */
export async function closeGolden(): Promise<void> {
  const running = await server;
  server = undefined;
  await running?.stop();
}
