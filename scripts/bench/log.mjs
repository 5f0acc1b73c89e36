/**
 * `npm run bench:log`: the usual questions to the call log, with their times, over as many rows as are asked for. Through the store that the api
 * uses. Every question has a bound of one second.
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { built } from '../lib/built.mjs';
import { say } from '../lib/say.mjs';
import { startInstallation } from './installation.mjs';
import { fillLog } from './log-fill.mjs';

const BOUND_MS = 1_000;
const ROUNDS = 5;
const DAY_MS = 86_400_000;

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    home: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:log -- [--rows 10000000] [--home FOLDER] [--json]\n' +
      'Starts an installation of its own, fills its call log (about 0.9 kB a row), asks, prints a table, stops.\n' +
      '--home uses and keeps an installation, whose log is filled once. Exit code 1: a question took longer than a second.\n',
  );
  process.exit(0);
}
const rows = Number(options.rows);

/** @typedef {import('../../domain/records/call.js').CallFilter} CallFilter */
/** @typedef {import('../../domain/records/call.js').CallStore} CallStore */

/** One team with a third of all calls, as operators see it. */
const TEAM = [900_001];
const ago = (/** @type {number} */ days) => new Date(Date.now() - days * DAY_MS);
const page = { limit: 50 };

/** @type {readonly (readonly [question: string, ask: (calls: CallStore, middle: string) => Promise<unknown>])[]} */
const QUESTIONS = [
  ['the newest of a team', (calls) => calls.list({ teamIds: TEAM }, page)],
  ['the newest of all teams', (calls) => calls.list({ teamIds: null }, page)],
  ['what did not succeed in a team', (calls) => calls.list({ teamIds: TEAM, status: 'failed' }, page)],
  ['one error code, of all teams', (calls) => calls.list({ teamIds: null, errorCode: 'provider_timeout' }, page)],
  ['one key, in a week of last month', (calls) => calls.list({ teamIds: TEAM, credential: 'log-key-3', from: ago(37), to: ago(30) }, page)],
  ['one model at one provider', (calls) => calls.list({ teamIds: null, model: 'model-4', provider: 'provider-4' }, page)],
  ['a deep page of a team', (calls, middle) => calls.list({ teamIds: TEAM }, { ...page, after: middle })],
  ['one request by its id', (calls, middle) => calls.list({ teamIds: null, q: middle.replace('call_', 'req_') }, page)],
  ['the dear ones of a team', (calls) => calls.list({ teamIds: TEAM, minCostMicroUsd: 4_990n }, page)],
  ['requests and errors of a team by hour, of a day', (calls) => calls.histogram({ teamIds: TEAM, from: ago(1) }, 'hour')],
  ['the same by day, of a month', (calls) => calls.histogram({ teamIds: TEAM, from: ago(30) }, 'day')],
  [
    'of one key and model by day, of a month',
    (calls) => calls.histogram({ teamIds: TEAM, credential: 'log-key-3', model: 'model-9', from: ago(30) }, 'day'),
  ],
  ['of all teams by day, of a month', (calls) => calls.histogram({ teamIds: null, from: ago(30) }, 'day')],
];

/** @type {typeof import('../../adapters/db/index.js')} */
const { createDatabase } = built('adapters/db/index');
const installation = await startInstallation(options.home === undefined ? {} : { home: options.home });
const client = new pg.Client({ connectionString: installation.databaseUrl });
const database = createDatabase({ url: installation.databaseUrl, poolMax: 2, applicationName: 'bench log' });
try {
  await client.connect();
  const { rows: found } = await client.query('select count(*)::int as count from calls where team_id > 900000');
  if (found[0].count < rows) say(`filled ${rows.toLocaleString('en')} rows in ${(await fillLog(client, rows, say)).toFixed(0)} s`);
  const { rows: middles } = await client.query(
    `select id from calls where id > 'call_' || lpad(to_hex(($1)::bigint), 12, '0') order by id limit 1`,
    [ago(30).getTime()],
  );
  const report = [];
  for (const [question, ask] of QUESTIONS) {
    const times = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const begun = performance.now();
      await ask(database.calls, middles[0].id);
      times.push(performance.now() - begun);
    }
    report.push({ question, first_ms: round1(times[0] ?? 0), median_ms: round1(times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0) });
  }
  const isFast = report.every(({ first_ms: first, median_ms: median }) => first <= BOUND_MS && median <= BOUND_MS);
  if (options.json) process.stdout.write(`${JSON.stringify({ rows, ok: isFast, questions: report }, null, 2)}\n`);
  else {
    process.stdout.write(`${rows.toLocaleString('en')} calls\n| question | first, ms | median of ${ROUNDS}, ms |\n| --- | --- | --- |\n`);
    for (const { question, first_ms: first, median_ms: median } of report) process.stdout.write(`| ${question} | ${first} | ${median} |\n`);
    process.stdout.write(isFast ? 'Every question took less than a second.\n' : 'A question took longer than a second.\n');
  }
  if (!isFast) process.exitCode = 1;
} finally {
  await client.end();
  await database.close();
  await installation.stop();
}

/** @param {number} ms */
function round1(ms) {
  return Math.round(ms * 10) / 10;
}
