/** The golden databases of test/fixtures/migration, each on its engine. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { transformSync } from '@swc/core';
import pg from 'pg';
import { root } from '../lib/sources.mjs';

const FOLDER = join(root, 'test/fixtures/migration');
const require = createRequire(import.meta.url);

/** What must come out of each: the fields are told in the README of the fixtures. @type {any[]} */
export const EXPECTED = JSON.parse(gunzipSync(readFileSync(join(FOLDER, 'expected-a.json.gz'))).toString('utf8')).files;

/**
 * @typedef {object} OpenGolden
 * @property {string} location - what the command line is given
 * @property {() => Promise<string>} checksum - of its contents
 * @property {() => Promise<void>} close
 */

/** The server for MySQL is that of the tests. @returns {typeof import('../../test/migration/support/mariadb.js')} */
function mariadbModule() {
  require.extensions['.ts'] ??= (/** @type {any} */ module, /** @type {string} */ filename) => {
    const options = {
      filename,
      jsc: { parser: { syntax: /** @type {const} */ ('typescript') }, target: /** @type {const} */ ('es2023') },
      module: { type: /** @type {const} */ ('commonjs') },
    };
    module._compile(transformSync(readFileSync(filename, 'utf8'), options).code, filename);
  };
  return require('../../test/migration/support/mariadb.ts');
}

/** @type {Promise<import('../../test/migration/support/mariadb.js').TestMariadb> | undefined} */
let server;

/** Whether a server for this database is on the machine. @param {string} file */
export const canOpen = (file) => !file.includes('mysql') || mariadbModule().mariadb() !== null;

/** The bytes of a golden database. @param {string} file */
export const bytesOf = (file) => gunzipSync(readFileSync(join(FOLDER, file)));

/**
 * @param {string} file
 * @param {string} folder - where a SQLite file is put
 * @param {string} databaseUrl - a Postgres server on which databases may be made
 * @returns {Promise<OpenGolden>}
 */
export async function openGolden(file, folder, databaseUrl) {
  const contents = bytesOf(file);
  const name = `golden_${file.replace(/[^a-z0-9]/gi, '_')}`.slice(0, 60);
  if (file.includes('.pg.')) return openPostgres(name, contents.toString('utf8'), databaseUrl);
  if (file.includes('.mysql.')) {
    server ??= mariadbModule().startMariadb();
    const running = await server;
    await running.load(name, contents);
    return { location: running.url(name), checksum: () => running.checksum(name), close: () => running.drop(name) };
  }
  const path = join(folder, file.replace('.gz', ''));
  writeFileSync(path, contents);
  return {
    location: path,
    checksum: () => Promise.resolve(createHash('sha256').update(readFileSync(path)).digest('hex')),
    close: () => Promise.resolve(),
  };
}

/** @param {string} name @param {string} sql @param {string} databaseUrl @returns {Promise<OpenGolden>} */
async function openPostgres(name, sql, databaseUrl) {
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(sql);
  await client.query('reset all');
  return {
    location: url.href,
    checksum: async () => (await sumsOf(client)).join('\n'),
    async close() {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/**
 * A line for each table of a database: its name, rows, and the sum of their contents.
 * @param {pg.Client} client
 * @param {RegExp} [without] - tables that are left out
 */
export async function sumsOf(client, without = /^$/) {
  const { rows: tables } = await client.query(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const sums = [];
  for (const { name } of tables.filter((/** @type {{ name: string }} */ table) => !without.test(table.name))) {
    const { rows } = await client.query(
      // When a key was used last is written some time after.
      `select count(*)::int as rows, md5(string_agg(row, chr(10) order by row)) as sum
       from (select (to_jsonb(t) - 'last_used_at')::text as row from public."${name}" t) as texts`,
    );
    sums.push(`${name} ${String(rows[0].rows)} ${String(rows[0].sum)}`);
  }
  return sums;
}

/** Ends the server for MySQL, if one was started. */
export async function closeGolden() {
  await (await server)?.stop();
}
