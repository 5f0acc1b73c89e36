/** `npm run bench:media`: images, videos, a campaign and idle event streams, with a provider that answers at once. See docs/benchmarks.md. */
import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { startInstallation, usageOf } from './installation.mjs';
import { messageOf } from '../lib/failure.mjs';
import { say } from '../lib/say.mjs';
import { closedLoop, createLoad } from './load.mjs';
import { median, spread } from './spread.mjs';

const { values: options } = parseArgs({
  options: {
    items: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '50' },
    listeners: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(
    'npm run bench:media -- [--items 1000] [--concurrency 50] [--listeners 2000] [--rounds 3]\n' +
      'Starts a mock provider and an installation of its own, measures single images and videos in rounds, runs a campaign of so many images\n' +
      'beside single requests (0: none), opens event streams that idle, verifies the ledger, stops.\n',
  );
  process.exit(0);
}
const items = Number(options.items);
const installation = await startInstallation();
const agent = new Agent({ connections: 4_096 });

/**
 * @param {'GET' | 'POST'} method @param {string} path @param {object} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<any>} the answer's JSON
 */
async function call(method, path, body, headers = {}) {
  const response = await request(`${installation.origin}${path}`, {
    method,
    dispatcher: agent,
    headers: { authorization: `Bearer ${installation.key}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.body.json();
  if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Single requests as people send them beside a campaign: median latency in ms of each kind. */
const load = createLoad(installation.origin, installation.key);
/** @type {Record<string, () => Promise<number>>} */
const SINGLES = {
  'chat, instant provider': async () => (await load.chat('mock')).ms,
  'chat, provider thinks 50 ms': async () => (await load.chat('mock-think-50')).ms,
  'image, instant provider': () => image('mock-image'),
  'image, provider thinks 500 ms': () => image('mock-image-think-500'),
};

/** @param {string} model */
async function image(model) {
  const begun = performance.now();
  await call('POST', '/v1/images/generations', { model, prompt: 'a single image' });
  return performance.now() - begun;
}

/** One round of each kind, one after the other. @param {Record<string, number[]>} taken @param {number} times */
async function singles(taken, times) {
  for (let time = 0; time < times; time += 1) for (const [name, send] of Object.entries(SINGLES)) (taken[name] ??= []).push(await send());
  return taken;
}

/** A video from the request to its end, in ms. */
async function video() {
  const begun = performance.now();
  const order = { type: 'video', model: 'mock-video', input: { prompt: 'a video' }, output: { duration_s: 1 } };
  const made = await call('POST', '/v1/tasks', order, { prefer: 'wait=60' });
  if (made.status !== 'succeeded') throw new Error(`the video ended ${made.status}: ${JSON.stringify(made.error)}`);
  return { ms: performance.now() - begun, firstMs: null };
}

/**
 * So many of one kind, `concurrency` at once, in rounds: min / median / max of the rates.
 * @param {string} name @param {number} count @param {number} concurrency @param {() => Promise<import('./load.mjs').Taken>} send
 */
async function rate(name, count, concurrency, send) {
  /** @typedef {{ perSecond: number, p50: number, cpu: number }} Round */
  /** @type {Round[]} */
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const before = usageOf(installation).cpuSeconds;
    const { perSecond, latency, errors, firstError } = await closedLoop(count, concurrency, send);
    if (errors > 0) throw new Error(`${errors} of ${count} (${name}) failed, the first by: ${messageOf(firstError)}`);
    rounds.push({ perSecond, p50: latency.p50, cpu: ((usageOf(installation).cpuSeconds - before) / count) * 1000 });
  }
  /** @param {(round: Round) => number} pick */
  const of = (pick) => spread(rounds.map(pick), 1);
  say(
    `${name}, ${concurrency} at once: ${of((round) => round.perSecond)} /s, p50 ${of((round) => round.p50)} ms, ` +
      `CPU ${of((round) => round.cpu)} s/1,000 (min / median / max of ${rounds.length} rounds)`,
  );
}

/** Opens so many event streams of one task that does not end, then closes them. @param {number} count @param {string} taskId */
async function listen(count, taskId) {
  const before = usageOf(installation);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  let open = 0;
  const streams = Array.from({ length: count }, async () => {
    const response = await request(`${installation.origin}/v1/tasks/${taskId}/events`, {
      dispatcher: agent,
      headers: { authorization: `Bearer ${installation.key}` },
      signal: closing.signal,
      bodyTimeout: 0,
    });
    response.body.on('error', () => undefined);
    open += 1;
    response.body.resume();
  });
  await Promise.allSettled(streams);
  const opened = usageOf(installation);
  const latency = median((await singles({}, 20))['chat, instant provider'] ?? []);
  const after = usageOf(installation);
  closing.abort();
  say(
    `${open} idle event streams: +${(opened.megabytes - before.megabytes).toFixed(0)} MB, chat p50 beside them ${latency.toFixed(1)} ms, ` +
      `CPU of all processes ${(after.cpuSeconds - opened.cpuSeconds).toFixed(2)} s for 80 single requests`,
  );
}

/** A campaign of images, with single requests beside it. */
async function campaignBesideSingles() {
  const idle = await singles({}, 20);
  const campaign = await call('POST', '/v1/campaigns', {
    name: 'bench',
    defaults: { type: 'image', model: 'mock-image' },
    items: Array.from({ length: items }, (_, index) => ({ input: { prompt: `image ${index}` } })),
    concurrency: Number(options.concurrency),
  });
  const started = performance.now();
  const before = usageOf(installation);
  /** @type {Record<string, number[]>} */
  const beside = {};
  let turns = 0;
  for (let state = campaign; state.status !== 'completed';) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await singles(beside, 1);
    turns += 1;
    state = await call('GET', `/v1/campaigns/${campaign.id}`);
    const { total, succeeded, failed, running, queued, cancelled } = state.counts;
    if (succeeded + failed + running + queued + cancelled !== total)
      throw new Error(`the counts do not add up: ${JSON.stringify(state.counts)}`);
    const seconds = (performance.now() - started) / 1000;
    const { megabytes, parts } = usageOf(installation);
    if (turns % 10 === 1) {
      const each = Object.entries(parts).map(([name, part]) => `${name} ${part.megabytes.toFixed(0)}`);
      say(
        `${seconds.toFixed(0)} s: ${succeeded + failed} of ${total}, ${(succeeded / seconds).toFixed(1)} items/s, ${megabytes.toFixed(0)} MB (${each.join(', ')})`,
      );
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const cpu = usageOf(installation).cpuSeconds - before.cpuSeconds;
  say(
    `campaign of ${items}: ${seconds.toFixed(1)} s, ${(items / seconds).toFixed(1)} items/s, ${((cpu / items) * 1000).toFixed(1)} s of CPU per 1,000 items`,
  );
  for (const name of Object.keys(SINGLES)) {
    const [alone, loaded] = [median(idle[name] ?? []), median(beside[name] ?? [])];
    say(`${name}: p50 ${alone.toFixed(1)} ms alone, ${loaded.toFixed(1)} ms beside the campaign (${(loaded / alone).toFixed(2)} times)`);
  }
}

try {
  await singles({}, 10);
  await rate('images', 200, 16, async () => ({ ms: await image('mock-image'), firstMs: null }));
  await rate('videos', 100, 16, video);
  if (items > 0) await campaignBesideSingles();
  const waiting = await call('POST', '/v1/tasks', { type: 'text', model: 'mock-think-600000', input: { prompt: 'waits' } });
  await listen(Number(options.listeners), waiting.id);
  await call('POST', `/v1/tasks/${waiting.id}/cancel`);
  say(`ledger verify: ${JSON.stringify(installation.verify())}`);
} finally {
  await load.close();
  await agent.destroy();
  await installation.stop();
}
