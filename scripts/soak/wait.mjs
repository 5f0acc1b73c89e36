import { setTimeout as pause } from 'node:timers/promises';

export { pause };

/** Asks until the answer is neither false, null nor undefined. @returns that answer, or null when the time is over */
export async function until(check, { withinMs, everyMs = 100 }) {
  for (const deadline = performance.now() + withinMs; ;) {
    const answer = await Promise.resolve()
      .then(check)
      .catch(() => null);
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (performance.now() >= deadline) return null;
    await pause(everyMs);
  }
}
