import { isAppError } from '../domain/errors';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/**
 * Repeats a database write while the database is away: what a provider delivered is in memory only and must not be lost to a
 * restart of Postgres. Writes are idempotent, so a repeat of one that had committed changes nothing.
 * @param patienceMs - after this the last error is thrown
 */
export async function keepTrying<T>(write: () => Promise<T>, patienceMs: number): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await write();
    } catch (error) {
      const isAway = isAppError(error) && error.code === 'service_unavailable';
      if (!isAway || performance.now() + pauseMs > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
