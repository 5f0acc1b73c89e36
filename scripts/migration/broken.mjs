/** Sources that must be refused, each with one clear line and without a plan. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { say } from '../lib/say.mjs';
import { atelier } from './command.mjs';
import { bytesOf } from './golden.mjs';

const PAGE = 4_096;

/** @param {string} folder @returns {readonly (readonly [string, string])[]} */
function sourcesIn(folder) {
  /** @param {string} name @param {Uint8Array | string} contents */
  const file = (name, contents) => {
    const path = join(folder, name);
    writeFileSync(path, contents);
    return path;
  };
  /** @param {string} name @param {string} sql */
  const database = (name, sql) => {
    const path = join(folder, name);
    const made = new Database(path);
    made.exec(sql);
    made.close();
    return path;
  };
  const golden = bytesOf('newapi-a.sqlite.gz');
  const damaged = Buffer.from(golden);
  damaged.fill(0xff, 40 * PAGE, 200 * PAGE);
  return [
    ['a file that is not there', join(folder, 'nowhere.db')],
    ['a folder', folder],
    ['an empty file', file('empty.db', '')],
    ['a text', file('text.db', 'hello')],
    ['a packed database', file('packed.db', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4]))],
    ['a database cut in half', file('half.db', golden.subarray(0, Math.floor(golden.length / 2 / PAGE) * PAGE))],
    ['a database with damaged pages', file('damaged.db', damaged)],
    ['a dump', file('one-api.sql', '-- MariaDB dump 10.19')],
    ['a database of another program', database('other.db', 'create table notes (id integer primary key, text text);')],
    ['a database with users only', database('users.db', 'create table users (id integer primary key, username text, quota int);')],
    ['a server that is not there', 'postgres://nobody:hunter2@127.0.0.1:1/none'],
    ['a MySQL server that is not there', 'mysql://nobody:hunter2@127.0.0.1:1/none'],
    ['another kind of server', 'redis://127.0.0.1/0'],
  ];
}

/** What was not refused as it must be. @param {string} folder @returns {Promise<string[]>} */
export async function refusals(folder) {
  const faults = [];
  for (const [what, location] of sourcesIn(folder)) {
    const out = join(folder, 'refused.yaml');
    const { code, stderr } = await atelier(['migrate', 'plan', location, '--out', out]);
    say(`${what}: ${stderr.trim()}`);
    const lines = stderr.trim().split('\n').length;
    if (code !== 1) faults.push(`${what}: exit code ${String(code)}`);
    if (lines !== 1) faults.push(`${what}: ${String(lines)} lines`);
    if (stderr.includes('hunter2')) faults.push(`${what}: the password was shown`);
    if (existsSync(out)) faults.push(`${what}: a plan was left`);
  }
  return faults;
}
