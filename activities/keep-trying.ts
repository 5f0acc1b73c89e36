import { isAppError } from '../domain/errors';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/**
 * Repeats what a part of ours is asked for while that part is away. Of writes: what a provider delivered is in memory only and must not be
 * lost to a restart of Postgres. They are idempotent, so a repeat of one that had taken effect changes nothing.
 * @param patienceMs - after this the last error is thrown
 */
export async function keepTrying<T>(work: () => Promise<T>, patienceMs: number): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      const isAway = isAppError(error) && error.code === 'service_unavailable';
      if (!isAway || performance.now() + pauseMs > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
