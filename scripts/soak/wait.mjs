import { setTimeout as pause } from 'node:timers/promises';

export { pause };

/**
 * Asks until the answer is neither false, null nor undefined.
 * @template Answer
 * @param {() => Answer | Promise<Answer>} check
 * @param {{ withinMs: number, everyMs?: number }} options
 * @returns {Promise<Exclude<Answer, false | null | undefined> | null>} that answer, or null when the time is over
 */
export async function until(check, { withinMs, everyMs = 100 }) {
  for (const deadline = performance.now() + withinMs; ;) {
    const answer = await Promise.resolve()
      .then(check)
      .catch(() => null);
    if (answer !== false && answer !== null && answer !== undefined) return /** @type {any} */ (answer);
    if (performance.now() >= deadline) return null;
    await pause(everyMs);
  }
}
