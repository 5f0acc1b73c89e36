/**
 * `npm run bench:single`: images and videos that are waited for, and campaigns alone, beside another checkout of Atelier in the same minutes.
 * See docs/benchmarks.md.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { startInstallation, usageOf } from './installation.mjs';
import { messageOf } from '../lib/failure.mjs';
import { closedLoop } from './load.mjs';
import { say } from '../lib/say.mjs';
import { median, spread } from './spread.mjs';

const { values: options } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'image,video' },
    count: { type: 'string', default: '200' },
    concurrency: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    against: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:single -- [--kinds image,video,campaign] [--count 200] [--concurrency 16] [--rounds 3] [--against FOLDER]\n' +
      'Images and videos of a provider that answers at once, in rounds that take turns at this checkout and the one in FOLDER: rate, median\n' +
      'latency, and CPU of each process. A campaign is one of so many images. Verifies the ledgers.\n',
  );
  process.exit(0);
}

/** @typedef {import('./installation.mjs').Installation} Installation */
/** @typedef {{ name: string, installation: Installation }} Side */
/** @typedef {{ perSecond: number, p50: number, cpu: number, parts: Record<string, number> }} Round */

const agent = new Agent({ connections: 256 });
/** A campaign is asked so often whether it has ended. */
const LOOK_EVERY_MS = 250;
const [count, concurrency] = [Number(options.count), Number(options.concurrency)];

/** @type {Record<string, { path: string, body: object, headers?: Record<string, string> }>} */
const KINDS = {
  image: { path: '/v1/images/generations', body: { model: 'mock-image', prompt: 'an image' } },
  video: {
    path: '/v1/tasks',
    body: { type: 'video', model: 'mock-video', input: { prompt: 'a video' }, output: { duration_s: 1 } },
    headers: { prefer: 'wait=60' },
  },
};

/**
 * @param {Installation} installation @param {'GET' | 'POST'} method @param {string} path
 * @param {{ body?: object, headers?: Record<string, string> }} [order]
 * @returns {Promise<any>} the answer's JSON
 */
async function call({ origin, key }, method, path, { body, headers = {} } = {}) {
  const response = await request(`${origin}${path}`, {
    method,
    dispatcher: agent,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.body.json();
  if (response.statusCode >= 400) throw new Error(JSON.stringify(answer));
  return answer;
}

/** One generation from the request to its end. @param {Installation} installation @param {string} kind @returns {Promise<import('./load.mjs').Taken>} */
async function generate(installation, kind) {
  const order = KINDS[kind];
  if (order === undefined) throw new Error(`There is no kind ${kind}.`);
  const begun = performance.now();
  const answer = await call(installation, 'POST', order.path, order);
  if ((answer.status ?? 'succeeded') !== 'succeeded') throw new Error(JSON.stringify(answer));
  return { ms: performance.now() - begun, firstMs: null };
}

/** A campaign of so many images from the request to its end, with nothing beside it. @param {Installation} installation */
async function campaign(installation) {
  const begun = performance.now();
  const items = Array.from({ length: count }, (_, index) => ({ input: { prompt: `image ${index}` } }));
  const body = { name: 'bench', defaults: { type: 'image', model: 'mock-image' }, items, concurrency };
  const { id } = await call(installation, 'POST', '/v1/campaigns', { body });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const { status, counts } = await call(installation, 'GET', `/v1/campaigns/${id}`);
    if (status !== 'completed') continue;
    if (counts.succeeded !== count) throw new Error(`The campaign ended with ${JSON.stringify(counts)}.`);
    const ms = performance.now() - begun;
    return { perSecond: (count / ms) * 1000, p50: ms };
  }
}

/** So many of a kind. @param {Installation} installation @param {string} kind @returns {Promise<{ perSecond: number, p50: number }>} */
async function make(installation, kind) {
  if (kind === 'campaign') return campaign(installation);
  const { perSecond, latency, errors, firstError } = await closedLoop(count, concurrency, () => generate(installation, kind));
  if (errors > 0) throw new Error(`${errors} of ${count} (${kind}) failed, the first by: ${messageOf(firstError)}`);
  return { perSecond, p50: latency.p50 };
}

/** @param {Side} side @param {string} kind @returns {Promise<Round>} */
async function round({ installation }, kind) {
  const before = usageOf(installation);
  const made = await make(installation, kind);
  const after = usageOf(installation);
  /** @param {number} seconds */
  const perThousand = (seconds) => (seconds / count) * 1000;
  const parts = Object.entries(after.parts).map(([name, part]) => {
    return [name, perThousand(part.cpuSeconds - (before.parts[name]?.cpuSeconds ?? 0))];
  });
  return { ...made, cpu: perThousand(after.cpuSeconds - before.cpuSeconds), parts: Object.fromEntries(parts) };
}

/** @type {Side[]} */
const sides = [];
try {
  sides.push({ name: 'this', installation: await startInstallation() });
  if (options.against !== undefined)
    sides.push({ name: 'against', installation: await startInstallation({ root: resolve(options.against) }) });
  for (const kind of options.kinds.split(',')) {
    for (const { installation } of sides) await make(installation, kind);
    /** @type {Map<string, Round[]>} */
    const taken = new Map(sides.map(({ name }) => [name, []]));
    for (let turn = 0; turn < Number(options.rounds); turn += 1)
      for (const side of turn % 2 === 0 ? sides : sides.toReversed()) taken.get(side.name)?.push(await round(side, kind));
    for (const [name, rounds] of taken) {
      /** @param {(round: Round) => number} pick */
      const of = (pick) => spread(rounds.map(pick), 1);
      const parts = Object.keys(rounds[0]?.parts ?? {})
        .map((part) => `${part} ${median(rounds.map((one) => one.parts[part] ?? 0)).toFixed(1)}`)
        .join(', ');
      say(
        `${kind}, ${name}, ${concurrency} at once: ${of((one) => one.perSecond)} /s, p50 ${of((one) => one.p50)} ms, ` +
          `CPU ${of((one) => one.cpu)} s/1,000 (${parts})`,
      );
    }
  }
  for (const { name, installation } of sides) {
    const report = installation.verify();
    if (!report.ok) process.exitCode = 1;
    say(`${name}: ledger ${report.ok ? 'right' : JSON.stringify(report.problems)}, ${usageOf(installation).megabytes.toFixed(0)} MB`);
  }
} finally {
  await agent.destroy();
  for (const { installation } of sides) await installation.stop();
}
