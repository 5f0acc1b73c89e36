import { isServiceAway } from '../domain/errors';
import { retry } from '../lib/time';

/**
 * Repeats what a part of ours is asked for while that part is away. Of writes: what a provider delivered is in memory only and must not be
 * lost to a restart of Postgres. They are idempotent, so a repeat of one that had taken effect changes nothing.
 * @param patienceMs - after this the last error is thrown
 */
export function keepTrying<T>(work: () => Promise<T>, patienceMs: number): Promise<T> {
  return retry(work, { patienceMs, firstMs: 100, longestMs: 3_000, isWorthRetrying: isServiceAway });
}
