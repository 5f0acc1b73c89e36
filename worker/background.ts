import { createWorker, type Place } from './create';

/** Every beat of an activity is sent: throttled to most of a short timeout, one late beat would make a second try of a living one. */
export const EVERY_HEARTBEAT = { maxHeartbeatThrottleInterval: '1s' } as const;

/**
 * A step of a workflow waits so long for the process that has it in its cache, and then goes to any. By default it is 10 s, which every
 * run paid for every worker that died, while the next one stood by.
 */
export const SOON_TO_ANY = { stickyQueueScheduleToStartTimeout: '3s' } as const;

/** A worker under way. */
export interface RunningWorker {
  /** Takes no more work and resolves when what it had has ended. */
  stop(): Promise<void>;
}

/** Runs workflows that nobody waits for, with their activities: few slots and a small cache, as each cached workflow costs memory. */
export async function startBackgroundWorker(
  place: Place,
  options: { readonly taskQueue: string; readonly activities: object; readonly maxActivities: number },
  onFailure: (error: unknown) => void,
): Promise<RunningWorker> {
  const settings = {
    taskQueue: options.taskQueue,
    activities: options.activities,
    maxCachedWorkflows: 50,
    maxConcurrentWorkflowTaskExecutions: 8,
    maxConcurrentActivityTaskExecutions: options.maxActivities,
    ...EVERY_HEARTBEAT,
    ...SOON_TO_ANY,
    shutdownGraceTime: '10s',
    shutdownForceTime: '15s',
  } as const;
  const worker = await createWorker(place, settings, { workflows: 'main thread' });
  const running = worker.run();
  running.catch(onFailure);
  return {
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled([running]);
    },
  };
}
