import { createSweeper, type SweepDeps } from '../activities/sweep';
import { startLoop } from './loop';

/** Sweeps now and then until stopped. */
export function startSweeper(deps: SweepDeps, everyMs: number): { stop(): Promise<void> } {
  const sweeper = createSweeper(deps);
  return startLoop(() => sweeper.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.error({ err: error }, 'a sweep broke off; the next one goes on');
    },
  });
}
