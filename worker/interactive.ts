import { Worker } from '@temporalio/worker';
import type { TextActivities } from '../activities/text/activities';
import { taskQueues } from '../workflows/contract';
import { WORKFLOW_BUNDLE_PATH } from './bundle';
import { SOON_TO_ANY, type Place } from './background';

/**
 * The worker of the text lane. It lives in the api process, on the client's own connection, so that owner workflows start eagerly
 * and their activities join the calls that the api already began.
 */
export function createInteractiveWorker(
  { connection, namespace, queuePrefix, identity }: Place,
  activities: TextActivities,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    identity,
    taskQueue: taskQueues(queuePrefix).interactive,
    workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
    activities,
    // A group holds its slot for up to 4 s while its members' calls are under way.
    maxConcurrentWorkflowTaskExecutions: 400,
    // Runs are over within seconds; a cached one costs about 1 MB.
    maxCachedWorkflows: 60,
    maxConcurrentLocalActivityExecutions: 1_000,
    ...SOON_TO_ANY,
    shutdownGraceTime: '10s',
    shutdownForceTime: '15s',
  });
}
