import type { Worker } from '@temporalio/worker';
import type { MediaGroupActivities } from '../activities/media/join';
import type { TextActivities } from '../activities/text/activities';
import { taskQueues } from '../workflows/contract';
import { SOON_TO_ANY } from './background';
import { createWorker, type Place } from './create';

/**
 * The worker of what the api begins itself: texts, and first attempts at images and videos. It lives in the api process, on the client's own connection, so that owner workflows start eagerly
 * and their activities join the calls that the api already began.
 */
export function createInteractiveWorker(place: Place, activities: TextActivities & MediaGroupActivities): Promise<Worker> {
  const settings = {
    taskQueue: taskQueues(place.queuePrefix).interactive,
    activities,
    // A group holds its slot for up to 4 s while its members' calls are under way.
    maxConcurrentWorkflowTaskExecutions: 400,
    // Runs are over within seconds; a cached one costs about 1 MB.
    maxCachedWorkflows: 60,
    maxConcurrentLocalActivityExecutions: 1_000,
    ...SOON_TO_ANY,
    shutdownGraceTime: '10s',
    shutdownForceTime: '15s',
  } as const;
  return createWorker(place, settings, { workflows: 'own thread' });
}
