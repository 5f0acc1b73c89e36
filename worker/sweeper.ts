import { sweep, type SweepDeps } from '../activities/sweep';
import { startLoop } from './loop';

/** Sweeps now and then until stopped. */
export function startSweeper(deps: SweepDeps, everyMs: number): { stop(): Promise<void> } {
  return startLoop(() => sweep(deps), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'a sweep broke off; the next one goes on');
    },
  });
}
