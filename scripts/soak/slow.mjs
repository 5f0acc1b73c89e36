/** Parts that are slow, full or away for a while: requests fail plainly or wait, and `/readyz` says which part it is. */
import { Client } from 'pg';
import { databaseUrlOf } from '../lib/database-url.mjs';
import { send, treeOf } from './processes.mjs';
import { pause, until } from './wait.mjs';

const WELL_AGAIN_MS = 120_000;
const LOOK_EVERY_MS = 500;

/**
 * @typedef {import('./installation.mjs').Installation} Installation
 * @typedef {import('./processes.mjs').Part} Part
 */

/** Stops a part's processes without ending them. @param {Installation} installation @param {Part} part @param {number} ms */
async function stopped(installation, part, ms) {
  const pids = treeOf(installation.pidOf(part));
  for (const pid of pids) send(pid, 'SIGSTOP');
  await pause(ms);
  for (const pid of pids) send(pid, 'SIGCONT');
}

/** Kills a part as often as it comes back, so that its port refuses. @param {Installation} installation @param {Part} part @param {number} ms */
async function refusing(installation, part, ms) {
  for (const deadline = Date.now() + ms; Date.now() < deadline;) {
    installation.kill([part]);
    await pause(50);
  }
}

/** @param {Installation} installation @param {number} ms */
async function dripping({ provider }, ms) {
  await provider.behave({ thinkMs: 3_000, tokenMs: 1_000 });
  await pause(ms);
  await provider.behave({ thinkMs: 100, tokenMs: 20 });
}

/** Locks the table that every request needs, so that connections to Postgres are taken and not given back. @param {Installation} installation @param {number} ms */
async function heldUp({ home }, ms) {
  const postgres = new Client({ connectionString: databaseUrlOf(home) });
  await postgres.connect();
  try {
    await postgres.query('begin; lock table tasks in access exclusive mode');
    await pause(ms);
  } finally {
    await postgres.end();
  }
}

/** More requests at once than there are connections to Postgres. @param {import('./client.mjs').Client} client @param {string} name @param {number} count */
async function crowd(client, name, count) {
  /** @param {unknown} _ @param {number} index */
  const one = (_, index) =>
    client.once(
      'chat',
      '/v1/chat/completions',
      { model: 'text', messages: [{ role: 'user', content: `chat ${name} ${index}` }] },
      ({ body }) => body?.choices?.length === 1,
    );
  /** @param {unknown} _ @param {number} index */
  const tasks = (_, index) =>
    client.surely(
      'video',
      '/v1/tasks',
      { type: 'video', model: 'video', input: { prompt: `video ${name} ${index}` }, output: { duration_s: 4 } },
      { key: `${name}-${index}` },
    );
  await Promise.all([...Array.from({ length: count }, one), ...Array.from({ length: count / 4 }, tasks)]);
}

/**
 * Carries the steps out whose names hold `only`.
 * @param {Installation} installation @param {import('./client.mjs').Client} client
 * @param {{ say: (line: string) => void, check: () => Promise<void>, only?: string }} options
 */
export async function carryOutSlow(installation, client, { say, check, only = '' }) {
  /** @type {string[]} */
  const faults = [];
  /** @type {import('./types.d.ts').SlowStep[]} */
  const report = [];
  /** @type {{ name: string, part: string | null, says?: RegExp, run: () => Promise<unknown> }[]} */
  const steps = [
    { name: 'postgres stopped for 10 s', part: 'postgres', run: () => stopped(installation, 'postgres', 10_000) },
    { name: 's3 refusing for 15 s', part: 's3', run: () => refusing(installation, 'weed', 15_000) },
    { name: 's3 stopped for 10 s', part: 's3', run: () => stopped(installation, 'weed', 10_000) },
    { name: 'temporal stopped for 60 s', part: 'temporal', run: () => stopped(installation, 'temporal', 60_000) },
    { name: 'temporal refusing for 15 s', part: 'temporal', run: () => refusing(installation, 'temporal', 15_000) },
    { name: 'worker stopped for 60 s', part: 'worker', run: () => stopped(installation, 'worker', 60_000) },
    { name: 'a provider that drips for 20 s', part: null, run: () => dripping(installation, 20_000) },
    { name: '300 chats and 75 videos at once', part: null, run: () => crowd(client, 'crowd', 300) },
    {
      name: 'all database connections in use for 8 s',
      part: 'postgres',
      says: /connections of this process/,
      run: () => Promise.all([heldUp(installation, 8_000), crowd(client, 'full', 300)]),
    },
  ];
  for (const { name, part, says, run } of steps.filter((step) => step.name.includes(only))) {
    say(name);
    client.answers.clear();
    Object.assign(client.slowest, { ms: 0, what: '' });
    const seen = new Set();
    const reasons = new Set();
    const looking = new AbortController();
    const look = (async () => {
      while (!looking.signal.aborted) {
        const { status, missing, reasons: told } = await installation.readiness();
        if (status !== 200) for (const one of missing) seen.add(one);
        for (const reason of told) reasons.add(reason);
        await pause(LOOK_EVERY_MS);
      }
    })();
    await run();
    const wellSince = performance.now();
    looking.abort();
    await look;
    const isWell = await until(() => installation.isBack({}), { withinMs: WELL_AGAIN_MS });
    const secondsToReady = (performance.now() - wellSince) / 1_000;
    if (isWell === null) faults.push(`${name}: not ready ${WELL_AGAIN_MS / 1_000} s later`);
    if (part !== null && !seen.has(part))
      faults.push(`${name}: /readyz never named ${part} (it named: ${[...seen].join(', ') || 'nothing'})`);
    if (says !== undefined && ![...reasons].some((reason) => says.test(reason)))
      faults.push(`${name}: /readyz never said ${says} (it said: ${[...reasons].join('; ') || 'nothing'})`);
    report.push({
      name,
      readyz_named: [...seen],
      seconds_to_ready: Number(secondsToReady.toFixed(1)),
      answers: Object.fromEntries(client.answers),
      slowest: { ...client.slowest },
    });
    say(
      `  /readyz named ${[...seen].join(', ') || 'nothing'}; ready again after ${secondsToReady.toFixed(1)} s; answers ${JSON.stringify(Object.fromEntries(client.answers))}; slowest ${client.slowest.ms} ms (${client.slowest.what})`,
    );
    await pause(3_000);
    await check();
  }
  return { report, faults };
}
