import { createBatchActivities } from '../activities/batch/activities';
import type { BatchDeps } from '../activities/batch/deps';
import { taskQueues } from '../workflows/contract';
import { createWorker, type Place } from './create';
import { EVERY_HEARTBEAT, type RunningWorker } from './background';

/** Each is a file on its way in or out; requests come first. */
const MAX_STEPS_AT_ONCE = 2;

/** Runs the steps of batches in the api process, which knows the formats of requests and answers. */
export async function startBatches(
  place: Place,
  deps: Omit<BatchDeps, 'stopping'>,
  onFailure: (error: unknown) => void,
): Promise<RunningWorker> {
  const stopping = new AbortController();
  const settings = {
    taskQueue: taskQueues(place.queuePrefix).batch,
    activities: createBatchActivities({ ...deps, stopping: stopping.signal }),
    maxConcurrentActivityTaskExecutions: MAX_STEPS_AT_ONCE,
    ...EVERY_HEARTBEAT,
    shutdownGraceTime: '5s',
    shutdownForceTime: '10s',
  } as const;
  const worker = await createWorker(place, settings, { workflows: 'none' });
  const running = worker.run();
  running.catch(onFailure);
  return {
    async stop() {
      stopping.abort();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled([running]);
    },
  };
}
