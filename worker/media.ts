import { Worker } from '@temporalio/worker';
import type { MediaActivities, ProviderActivities } from '../activities/media/activities';
import { taskQueues } from '../workflows/contract';
import type { ProviderPlace } from './provider-workers';
import { WORKFLOW_BUNDLE_PATH } from './bundle';
import { EVERY_HEARTBEAT, SOON_TO_ANY, type Place } from './background';

interface MediaPlace extends Place {
  /** How long calls that are under way may take after SIGTERM: one that is cut may have been paid for. */
  readonly drainMs: number;
}

const shutdownTimes = (drainMs: number) => ({ shutdownGraceTime: drainMs, shutdownForceTime: drainMs + 2_000 });

/** Runs the workflows of images and videos, looks at jobs, stores results. */
export function createMediaWorker(
  { connection, namespace, queuePrefix, identity, drainMs }: MediaPlace,
  activities: MediaActivities,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    identity,
    taskQueue: taskQueues(queuePrefix).media,
    workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
    activities,
    maxCachedWorkflows: 300,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: 40,
    // Eager dispatch skips priority and fairness.
    maxEagerActivityReservationsPerWorkflowTask: 0,
    ...EVERY_HEARTBEAT,
    ...SOON_TO_ANY,
    ...shutdownTimes(drainMs),
  });
}

/** Makes the paid calls of one provider, at most `maxConcurrency` at once: what waits is ordered by priority and fairness. */
export function createProviderWorker(
  { connection, namespace, queuePrefix, identity, drainMs }: MediaPlace,
  provider: ProviderPlace,
  activities: ProviderActivities,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    identity,
    taskQueue: taskQueues(queuePrefix).provider(provider.name),
    activities,
    maxConcurrentActivityTaskExecutions: provider.maxConcurrency,
    ...EVERY_HEARTBEAT,
    ...shutdownTimes(drainMs),
  });
}
