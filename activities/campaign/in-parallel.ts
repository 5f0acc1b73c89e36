/** Runs all `jobs`, at most `width` at once; the first failure is thrown after those under way have ended. */
export async function inParallel(jobs: readonly (() => Promise<void>)[], width: number): Promise<void> {
  const waiting = jobs.values();
  const lanes = Array.from({ length: Math.min(width, jobs.length) }, async () => {
    for (const job of waiting) await job();
  });
  const ends = await Promise.allSettled(lanes);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
