import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Measures, Occupancy } from '../../domain/measures';

/** The metrics of one process. */
export interface ProcessMetrics extends Measures {
  /** What anybody may read. */
  readonly open: Registry;
  /** What names providers or money: for operators. */
  readonly guarded: Registry;
  /** Both, in Prometheus' text form. */
  text(): Promise<string>;
  /** Looks at the connections to Postgres whenever it is asked. */
  watchPool(look: () => Occupancy & { readonly waiting: number }): void;
  /** Looks at the worker of a queue whenever it is asked; one that has ended has no slots. */
  watchWorker(queue: string, look: () => readonly (Occupancy & { readonly type: string })[]): void;
}

/** Seconds: from a quick refusal to a slow video. */
const CALL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const STEP_BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300];

export function createProcessMetrics(process: { readonly role: 'api' | 'worker'; readonly version: string }): ProcessMetrics {
  const open = new Registry();
  const guarded = new Registry();
  const inOpen = { registers: [open] };
  const inGuarded = { registers: [guarded] };
  // Event loop lag, memory, garbage collection, CPU, under the names that everybody's dashboards use.
  collectDefaultMetrics({ register: open });
  new Gauge({ name: 'atelier_build_info', help: 'The version that runs; always 1.', labelNames: ['role', 'version'], ...inOpen }).set(
    { ...process },
    1,
  );

  const calls = new Counter({
    name: 'atelier_provider_calls_total',
    help: 'Calls of providers that ended, by what became of them: succeeded, or the code of the error.',
    labelNames: ['provider', 'outcome'],
    ...inGuarded,
  });
  const callSeconds = new Histogram({
    name: 'atelier_provider_call_seconds',
    help: 'Time of a call of a provider; of an image or video its submission.',
    labelNames: ['provider'],
    buckets: CALL_BUCKETS,
    ...inGuarded,
  });
  const activities = new Counter({
    name: 'atelier_activities_total',
    help: 'Tries of activities that ended; not_yet asks to be run again.',
    labelNames: ['activity', 'outcome'],
    ...inOpen,
  });
  const activitySeconds = new Histogram({
    name: 'atelier_activity_seconds',
    help: 'Time of a try of an activity.',
    labelNames: ['activity'],
    buckets: STEP_BUCKETS,
    ...inOpen,
  });
  const callbackTries = new Counter({
    name: 'atelier_callback_tries_total',
    help: 'Tries to deliver an event: delivered, pending (it is tried again), failed (given up).',
    labelNames: ['outcome'],
    ...inOpen,
  });
  const itemsStarted = new Counter({
    name: 'atelier_campaign_items_started_total',
    help: 'Items of campaigns and batches that were started.',
    ...inOpen,
  });
  const objects = new Counter({
    name: 'atelier_s3_calls_total',
    help: 'Calls of the object store by outcome: ok, or error. An object that is not there is ok.',
    labelNames: ['operation', 'outcome'],
    ...inOpen,
  });
  for (const outcome of ['delivered', 'pending', 'failed']) callbackTries.inc({ outcome }, 0);

  const workers = new Map<string, () => readonly (Occupancy & { readonly type: string })[]>();
  const slots = new Gauge({
    name: 'atelier_temporal_slots',
    help: 'What a worker runs at once at most.',
    labelNames: ['queue', 'type'],
    ...inGuarded,
  });
  new Gauge({
    name: 'atelier_temporal_slots_used',
    help: 'What a worker runs now.',
    labelNames: ['queue', 'type'],
    ...inGuarded,
    collect() {
      this.reset();
      slots.reset();
      for (const [queue, look] of workers) {
        for (const { type, used, max } of look()) {
          this.set({ queue, type }, used);
          slots.set({ queue, type }, max);
        }
      }
    },
  });

  return {
    open,
    guarded,
    text: () => Registry.merge([guarded, open]).metrics(),
    providerCall(provider, code, ms) {
      calls.inc({ provider, outcome: code ?? 'succeeded' });
      callSeconds.observe({ provider }, ms / 1_000);
    },
    activity(activity, outcome, ms) {
      activities.inc({ activity, outcome });
      activitySeconds.observe({ activity }, ms / 1_000);
    },
    callbackTry: (outcome) => callbackTries.inc({ outcome }),
    itemsStarted: (count) => itemsStarted.inc(count),
    objectStoreCall: (operation, isWell) => objects.inc({ operation, outcome: isWell ? 'ok' : 'error' }),
    watchPool(look) {
      new Gauge({
        name: 'atelier_pg_connections',
        help: 'Connections of this process to Postgres: in_use, max, and the statements that wait for one (waiting).',
        labelNames: ['state'],
        ...inOpen,
        collect() {
          const { used, max, waiting } = look();
          this.set({ state: 'in_use' }, used);
          this.set({ state: 'max' }, max);
          this.set({ state: 'waiting' }, waiting);
        },
      });
    },
    watchWorker(queue, look) {
      workers.set(queue, look);
    },
  };
}
