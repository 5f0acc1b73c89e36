import type { ProcessMetrics } from '../adapters/metrics';
import type { TemporalTracing } from '../adapters/temporal/tracing';
import { watchActivities } from '../adapters/temporal/watch-activities';
import type { Logger } from '../domain/log';

/** What is seen of every worker of a process: ids and times of its activities, how much of it is in use, and its spans. */
export interface ProcessWatch {
  readonly interceptors: { readonly activity: ReturnType<typeof watchActivities>[] };
  readonly spans: TemporalTracing['spans'] | null;
  readonly started: ProcessMetrics['watchWorker'];
}

/** @param tracing - null: nothing is traced */
export function watchWorkers(
  logger: Logger,
  metrics: ProcessMetrics,
  tracing: TemporalTracing | null,
  requestOf: (taskId: string) => Promise<string | null>,
): ProcessWatch {
  return {
    interceptors: { activity: [...(tracing === null ? [] : [tracing.activity]), watchActivities(logger, metrics, requestOf)] },
    spans: tracing?.spans ?? null,
    started: (queue, look) => metrics.watchWorker(queue, look),
  };
}
