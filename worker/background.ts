import { Worker, type NativeConnection } from '@temporalio/worker';
import { WORKFLOW_BUNDLE_PATH } from './bundle';
import { EVERY_HEARTBEAT, SOON_TO_ANY } from './heartbeats';

/** Where workers of this process poll. */
export interface Place {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queuePrefix: string;
}

/** A worker under way. */
export interface RunningWorker {
  /** Takes no more work and resolves when what it had has ended. */
  stop(): Promise<void>;
}

/** Runs workflows that nobody waits for, with their activities: few slots and a small cache, as each cached workflow costs memory. */
export async function startBackgroundWorker(
  { connection, namespace }: Place,
  options: { readonly taskQueue: string; readonly activities: object; readonly maxActivities: number },
  onFailure: (error: unknown) => void,
): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: options.taskQueue,
    workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
    activities: options.activities,
    maxCachedWorkflows: 50,
    maxConcurrentWorkflowTaskExecutions: 8,
    maxConcurrentActivityTaskExecutions: options.maxActivities,
    ...EVERY_HEARTBEAT,
    ...SOON_TO_ANY,
    shutdownGraceTime: '10s',
    shutdownForceTime: '15s',
  });
  const running = worker.run();
  running.catch(onFailure);
  return {
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled([running]);
    },
  };
}
