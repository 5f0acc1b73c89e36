import type { HousekeepingDeps } from '../activities/housekeeping/deps';
import { createHousekeeper } from '../activities/housekeeping/housekeeper';
import { startLoop } from './loop';

/** Keeps house now and then until stopped. */
export function startHousekeeping(deps: HousekeepingDeps, everyMs: number): { stop(): Promise<void> } {
  const housekeeper = createHousekeeper(deps);
  const stopping = new AbortController();
  const loop = startLoop(() => housekeeper.turn(stopping.signal), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'the housekeeping broke off; the next turn goes on');
    },
  });
  return {
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
