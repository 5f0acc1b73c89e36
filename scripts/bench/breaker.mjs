/**
 * `npm run bench:breaker`: what an open breaker adds to a chat. The first route of one model is at a provider that is dead, whose breaker is open; the
 * other model has the living route alone. Their requests take turns, so that both meet the same machine. See docs/benchmarks.md.
 */
import { parseArgs } from 'node:util';
import { startInstallation } from './installation.mjs';
import { createLoad } from './load.mjs';
import { say } from '../lib/say.mjs';
import { median } from './spread.mjs';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '500' } } });
const requests = Number(values.requests);
/** Enough calls that find nobody to open a breaker. */
const OPENING = 20;

const installation = await startInstallation();
const load = createLoad(installation.origin, installation.key);

/** @param {string} model @returns {Promise<number>} milliseconds */
async function timed(model) {
  const began = performance.now();
  await load.chat(model);
  return performance.now() - began;
}

try {
  for (let count = 0; count < OPENING; count += 1) await timed('mock-behind-dead');
  for (let count = 0; count < 200; count += 1) await timed(count % 2 === 0 ? 'mock' : 'mock-behind-dead');
  /** @type {{ alone: number[], behind: number[] }} */
  const taken = { alone: [], behind: [] };
  for (let count = 0; count < requests; count += 1) {
    taken.alone.push(await timed('mock'));
    taken.behind.push(await timed('mock-behind-dead'));
  }
  const differences = taken.behind.map((ms, at) => ms - (taken.alone[at] ?? ms));
  const [alone, behind, added] = [taken.alone, taken.behind, differences].map(median);
  say(
    `${requests} pairs of chats: p50 ${alone?.toFixed(2)} ms alone, ${behind?.toFixed(2)} ms behind an open breaker; p50 of the differences ${added?.toFixed(2)} ms`,
  );
  const response = await fetch(`${installation.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${installation.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'mock-behind-dead', messages: [{ role: 'user', content: 'Hello.' }] }),
  });
  const task = await fetch(`${installation.origin}/v1/tasks/${response.headers.get('x-atelier-run-id')}`, {
    headers: { authorization: `Bearer ${installation.key}` },
  });
  const { routing } = /** @type {{ routing: { skipped: unknown[], attempts: unknown[] } }} */ (await task.json());
  say(
    `the last one was served by ${response.headers.get('x-atelier-provider')} after ${routing.attempts.length} attempt; skipped: ${JSON.stringify(routing.skipped)}`,
  );
  if (!JSON.stringify(routing.skipped).includes('breaker_open')) process.exitCode = 1;
} finally {
  await load.close();
  await installation.stop();
}
