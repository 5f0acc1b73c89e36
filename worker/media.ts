import type { Worker } from '@temporalio/worker';
import type { MediaActivities, ProviderActivities } from '../activities/media/activities';
import type { MediaGroupActivities } from '../activities/media/join';
import { taskQueues } from '../workflows/contract';
import type { ProviderPlace } from './provider-workers';
import { EVERY_HEARTBEAT, SOON_TO_ANY } from './background';
import { createWorker, type Place } from './create';

interface MediaPlace extends Place {
  /** How long calls that are under way may take after SIGTERM: one that is cut may have been paid for. */
  readonly drainMs: number;
}

const shutdownTimes = (drainMs: number) => ({ shutdownGraceTime: drainMs, shutdownForceTime: drainMs + 2_000 });

/** Runs the workflows of images and videos, looks at jobs, stores results. */
export function createMediaWorker(place: MediaPlace, activities: MediaActivities & MediaGroupActivities): Promise<Worker> {
  const settings = {
    taskQueue: taskQueues(place.queuePrefix).media,
    activities,
    maxCachedWorkflows: 300,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: 40,
    // Eager dispatch skips priority and fairness.
    maxEagerActivityReservationsPerWorkflowTask: 0,
    ...EVERY_HEARTBEAT,
    ...SOON_TO_ANY,
    ...shutdownTimes(place.drainMs),
  } as const;
  return createWorker(place, settings, { workflows: 'main thread' });
}

/** Makes the paid calls of one provider, at most `maxConcurrency` at once: what waits is ordered by priority and fairness. */
export function createProviderWorker(place: MediaPlace, provider: ProviderPlace, activities: ProviderActivities): Promise<Worker> {
  const settings = {
    taskQueue: taskQueues(place.queuePrefix).provider(provider.name),
    activities,
    maxConcurrentActivityTaskExecutions: provider.maxConcurrency,
    ...EVERY_HEARTBEAT,
    ...shutdownTimes(place.drainMs),
  };
  return createWorker(place, settings, { workflows: 'none' });
}
