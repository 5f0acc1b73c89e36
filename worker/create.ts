import { Worker, type NativeConnection, type WorkerInterceptors, type WorkerOptions } from '@temporalio/worker';
import { workflowBundlePath } from './bundle';

/** What a worker has in use. */
export interface Slots {
  readonly type: 'activity' | 'local_activity' | 'workflow';
  readonly used: number;
  readonly max: number;
}

/** What is seen of every worker of the process. */
export interface WorkerWatch {
  readonly interceptors: WorkerInterceptors;
  /** Where the spans of workflows go; null: they make none. */
  readonly spans: NonNullable<WorkerOptions['sinks']> | null;
  /** The worker is looked at whenever the metrics are asked for. */
  started(queue: string, look: () => readonly Slots[]): void;
}

/** Where workers of this process poll. */
export interface Place {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queuePrefix: string;
  /** Names this process to Temporal: the id under which it lives in Postgres. */
  readonly identity: string;
  readonly watch: WorkerWatch;
}

type Options = Omit<WorkerOptions, 'connection' | 'namespace' | 'identity' | 'interceptors' | 'sinks' | 'workflowBundle'>;

/** Creates a worker of this process. @param hasWorkflows - it runs workflows, not activities alone */
export async function createWorker(place: Place, options: Options, { hasWorkflows }: { readonly hasWorkflows: boolean }): Promise<Worker> {
  const { connection, namespace, identity, queuePrefix, watch } = place;
  const worker = await Worker.create({
    connection,
    namespace,
    identity,
    interceptors: watch.interceptors,
    ...(hasWorkflows ? { workflowBundle: { codePath: workflowBundlePath({ isTraced: watch.spans !== null }) } } : {}),
    ...(watch.spans === null ? {} : { sinks: watch.spans }),
    ...options,
  });
  watch.started(options.taskQueue.slice(queuePrefix.length), () => slotsOf(worker, options));
  return worker;
}

function slotsOf(worker: Worker, options: Options): readonly Slots[] {
  if (worker.getState() === 'STOPPED' || worker.getState() === 'FAILED') return [];
  const status = worker.getStatus();
  const bounds = [
    { type: 'activity', used: status.numInFlightNonLocalActivities, max: options.maxConcurrentActivityTaskExecutions },
    { type: 'local_activity', used: status.numInFlightLocalActivities, max: options.maxConcurrentLocalActivityExecutions },
    { type: 'workflow', used: status.numInFlightWorkflowActivations, max: options.maxConcurrentWorkflowTaskExecutions },
  ] as const;
  return bounds.flatMap(({ type, used, max }) => (max === undefined ? [] : [{ type, used, max }]));
}
