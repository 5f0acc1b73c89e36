/** Load on one endpoint: closed (so many at once) and open (so many a second, whatever the answers do). */
import { Pool } from 'undici';

const MESSAGES = [{ role: 'user', content: 'Say something short about foxes and fences, please.' }];

/**
 * What one request took: whole, and until its first token.
 * @typedef {{ ms: number, firstMs: number | null }} Taken
 * @typedef {ReturnType<typeof createLoad>} Load
 */

/** @param {string} origin @param {string} key */
export function createLoad(origin, key) {
  const pool = new Pool(origin, { connections: 128, pipelining: 1 });
  /** @param {string} model @param {{ stream?: boolean }} [options] @returns {Promise<Taken>} */
  async function chat(model, { stream = false } = {}) {
    const started = performance.now();
    const response = await pool.request({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, messages: MESSAGES, max_tokens: 16, ...(stream ? { stream: true } : {}) }),
    });
    let firstMs = null;
    for await (const part of response.body)
      if (firstMs === null && String(part).includes('"content":"The"')) firstMs = performance.now() - started;
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
    return { ms: performance.now() - started, firstMs };
  }
  return { chat, close: () => pool.close() };
}

/** `count` requests, `concurrency` at once. @param {number} count @param {number} concurrency @param {() => Promise<Taken>} request */
export async function closedLoop(count, concurrency, request) {
  /** @type {Taken[]} */
  const results = [];
  let errors = 0;
  /** @type {unknown} */
  let firstError = null;
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        next += 1;
        try {
          results.push(await request());
        } catch (error) {
          errors += 1;
          firstError ??= error;
        }
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  return { ...summary(results), errors, firstError, perSecond: results.length / seconds, seconds };
}

/**
 * `perSecond` requests a second for `seconds`; latency counts from the time a request was due, so a stall is not hidden.
 * @param {number} perSecond @param {number} seconds @param {() => Promise<Taken>} request
 */
export async function openLoop(perSecond, seconds, request) {
  const total = perSecond * seconds;
  const started = performance.now();
  let errors = 0;
  const results = await Promise.all(
    Array.from({ length: total }, async (_, index) => {
      const dueMs = (index * 1000) / perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + dueMs - performance.now())));
      try {
        await request();
        return { ms: performance.now() - started - dueMs, firstMs: null };
      } catch {
        errors += 1;
        return null;
      }
    }),
  );
  return { ...summary(results.filter((entry) => entry !== null)), errors };
}

/** @param {readonly Taken[]} results */
function summary(results) {
  /** @param {readonly number[]} values */
  const of = (values) => {
    const sorted = values.toSorted((left, right) => left - right);
    /** @param {number} share */
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
    return { min: at(0), p50: at(0.5), p99: at(0.99), max: at(1) };
  };
  return {
    latency: of(results.map((entry) => entry.ms)),
    first: of(results.flatMap((entry) => (entry.firstMs === null ? [] : [entry.firstMs]))),
  };
}
