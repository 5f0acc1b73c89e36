import { sweep, type SweepDeps } from '../activities/sweep';

/** Sweeps now and then until stopped; a sweep that fails (a part is away) is tried again at the next turn. */
export function startSweeper(deps: SweepDeps, everyMs: number): { stop(): Promise<void> } {
  let isStopped = false;
  let current: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      current = sweep(deps)
        .catch((error: unknown) => {
          deps.logger.warn({ err: error }, 'a sweep broke off; the next one goes on');
        })
        .finally(schedule);
    }, everyMs);
  }

  schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
