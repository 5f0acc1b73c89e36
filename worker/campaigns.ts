import { createCampaignActivities } from '../activities/campaign/activities';
import { createCampaignWatchers } from '../activities/campaign/watchers';
import type { CampaignDeps } from '../activities/campaign/deps';
import type { ScheduledDeps } from '../activities/campaign/make-scheduled';
import type { ChangeFeed } from '../domain/events/changes';
import { taskQueues } from '../workflows/contract';
import { startBackgroundWorker, type RunningWorker } from './background';
import type { Place } from './create';

/** A running campaign holds one turn, which mostly waits. */
const MAX_TURNS_AT_ONCE = 500;

/** Keeps the windows of running campaigns full. */
export async function startCampaigns(
  place: Place,
  deps: Omit<CampaignDeps, 'watchers' | 'stopping'> & ScheduledDeps & { readonly changes: Pick<ChangeFeed, 'onTask'> },
  onFailure: (error: unknown) => void,
): Promise<RunningWorker> {
  const watchers = createCampaignWatchers(deps.changes);
  const stopping = new AbortController();
  const worker = await startBackgroundWorker(
    place,
    {
      taskQueue: taskQueues(place.queuePrefix).campaign,
      activities: createCampaignActivities({ ...deps, watchers, stopping: stopping.signal }),
      maxActivities: MAX_TURNS_AT_ONCE,
    },
    onFailure,
  );
  return {
    async stop() {
      stopping.abort();
      await worker.stop();
      watchers.close();
    },
  };
}
