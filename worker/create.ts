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

/**
 * Where workflows run: in a thread of the worker's own, or in the process's. A thread is a second V8 with the whole library in it (some 30 MB
 * a worker), and each step goes there and back as a copy. It is worth that where somebody waits for what the process does beside.
 */
type Workflows = 'none' | 'own thread' | 'main thread';

/** Creates a worker of this process; without workflows it runs activities alone. */
export async function createWorker(place: Place, options: Options, { workflows }: { readonly workflows: Workflows }): Promise<Worker> {
  const { connection, namespace, identity, queuePrefix, watch } = place;
  const worker = await Worker.create({
    connection,
    namespace,
    identity,
    interceptors: watch.interceptors,
    ...(workflows === 'none' ? {} : { workflowBundle: { codePath: workflowBundlePath({ isTraced: watch.spans !== null }) } }),
    // The library's name for it: a debugger cannot enter a thread. All else it does is to measure no workflow's time.
    debugMode: workflows === 'main thread',
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
