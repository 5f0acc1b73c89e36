/**
 * `npm run bench:memory`: what the api holds under large requests. Sends 60 chats of 8 MiB at once, then lists 100 such tasks, 20 at a time, for
 * minutes, with another wave of chats in each. Ends with 1 when the api held more than 1,200 MB. See docs/benchmarks.md.
 */
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { say } from '../lib/say.mjs';
import { residentOf, startInstallation } from './installation.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    chats: { type: 'string', default: '60' },
    mib: { type: 'string', default: '8' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:memory -- [--minutes 10] [--chats 60] [--mib 8]\n' +
      'Starts a mock provider and an installation of its own on loopback, loads it, samples the api, stops.\n',
  );
  process.exit(0);
}

const MOST_MB = 1_200;
const LISTS_AT_ONCE = 20;
const LISTED = 100;
const SAMPLE_EVERY_MS = 250;
/** A client that is refused comes again this often at most. */
const MOST_TRIES = 100;
const WAVE_EVERY_MS = 60_000;

const minutes = Number(options.minutes);
const chats = Number(options.chats);
const installation = await startInstallation();
const pool = new Pool(installation.origin, { connections: 256, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
const headers = { 'content-type': 'application/json', authorization: `Bearer ${installation.key}` };
const body = Buffer.from(
  JSON.stringify({
    model: 'mock-large',
    messages: [{ role: 'user', content: 'x'.repeat(Number(options.mib) * 1024 * 1024) }],
    max_tokens: 16,
  }),
);

/** One chat, sent again as long as it is refused for now. @returns {Promise<number>} how often it was refused */
async function chat() {
  for (let refused = 0; refused < MOST_TRIES; refused += 1) {
    const response = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
    const text = await response.body.text();
    if (response.statusCode === 200) return refused;
    if (response.statusCode !== 429) throw new Error(`A chat ended with HTTP ${response.statusCode}: ${text.slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, Number(response.headers['retry-after'] ?? 1) * 1_000));
  }
  throw new Error(`A chat was refused ${MOST_TRIES} times.`);
}

/** All chats of a wave at once. */
async function wave() {
  const started = performance.now();
  const refused = await Promise.all(Array.from({ length: chats }, chat));
  return { seconds: (performance.now() - started) / 1_000, refused: refused.reduce((sum, count) => sum + count, 0) };
}

/** @returns {Promise<number>} bytes of the list */
async function list() {
  const response = await pool.request({ method: 'GET', path: `/v1/tasks?limit=${LISTED}`, headers });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`A list ended with HTTP ${response.statusCode}: ${text.slice(0, 300)}`);
  if (JSON.parse(text).data.length !== LISTED) throw new Error('A list is not full.');
  return text.length;
}

/** @type {{ atMs: number, mb: number }[]} */
const samples = [];
const startedMs = performance.now();
const sampler = setInterval(() => {
  samples.push({ atMs: performance.now() - startedMs, mb: residentOf(installation, 'atelier api').mb });
}, SAMPLE_EVERY_MS);

/** The samples since a time. @param {number} sinceMs */
const since = (sinceMs) => samples.filter(({ atMs }) => atMs >= sinceMs).map(({ mb }) => mb);
/** @param {readonly number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
/** @param {readonly number[]} numbers */
const most = (numbers) => Math.max(0, ...numbers);

let isOver = true;
try {
  say(`before: ${residentOf(installation, 'atelier api').mb.toFixed(0)} MB`);
  for (let made = 0; made < LISTED; made += chats) {
    const fromMs = performance.now() - startedMs;
    const { seconds, refused } = await wave();
    say(
      `${chats} chats of ${options.mib} MiB at once: ${seconds.toFixed(1)} s, refused for now ${refused} times, at most ${most(since(fromMs)).toFixed(0)} MB`,
    );
  }
  const listsFromMs = performance.now() - startedMs;
  let lists = 0;
  let bytes = 0;
  const endMs = performance.now() + minutes * 60_000;
  const waves = (async () => {
    for (let nextMs = performance.now() + WAVE_EVERY_MS / 2; nextMs < endMs; nextMs += WAVE_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())));
      await wave();
    }
  })();
  const listers = Array.from({ length: LISTS_AT_ONCE }, async () => {
    while (performance.now() < endMs) {
      bytes = Math.max(bytes, await list());
      lists += 1;
    }
  });
  await Promise.all([waves, ...listers]);
  for (let minute = 0; minute < minutes; minute += 1) {
    const part = samples.filter(({ atMs }) => atMs >= listsFromMs + minute * 60_000 && atMs < listsFromMs + (minute + 1) * 60_000);
    const of = part.map(({ mb }) => mb);
    say(`minute ${minute + 1} of lists and a wave of chats: mean ${mean(of).toFixed(0)} MB, at most ${most(of).toFixed(0)} MB`);
  }
  const { peakMb } = residentOf(installation, 'atelier api');
  const ledger = installation.verify();
  say(
    `${lists} lists of ${LISTED}, ${(bytes / 1024).toFixed(0)} KiB each; the api held at most ${peakMb.toFixed(0)} MB (bound ${MOST_MB}); ledger ${ledger.ok ? 'right' : 'WRONG'}`,
  );
  isOver = peakMb > MOST_MB || !ledger.ok;
} finally {
  clearInterval(sampler);
  await pool.close();
  await installation.stop();
}
process.exitCode = isOver ? 1 : 0;
