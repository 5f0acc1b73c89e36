import { condition, continueAsNew, defineSignal, proxyLocalActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { MediaGroupActivities } from '../activities/media/join';
import { SIGNALS, type MediaGroupInput } from './contract';

const { joinMedia } = proxyLocalActivities<MediaGroupActivities>({
  // It waits 1.5 s at most; a database that is away is retried until it is back.
  startToCloseTimeout: '60s',
  retry: { initialInterval: '200ms', maximumInterval: '5s' },
});

/** Between two looks at calls that are under way: soon, then less and less often. A process that died is noticed by a look. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 20_000;

export const cancelRequested = defineSignal(SIGNALS.cancelRequested);

/**
 * Owns images and videos whose first attempt a process makes at once. That process goes on with them as long as all goes well, and gives what
 * does not to `generateMedia`. This one sees to it that none is forgotten: what nobody is at any more gets its own workflow.
 *
 * One local activity at a time, see `textGroup`.
 */
export async function mediaGroup(input: MediaGroupInput): Promise<void> {
  const { workflowId } = workflowInfo();
  let isWanted = false;
  setHandler(cancelRequested, () => {
    isWanted = true;
  });
  let taskIds = input.taskIds;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    isWanted = false;
    taskIds = await joinMedia({ workflowId, taskIds });
    if (taskIds.length === 0) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof mediaGroup>({ taskIds });
    await condition(() => isWanted, pauseMs);
  }
}
