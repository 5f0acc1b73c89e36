import type { MicroUsd } from '../money/money';

/** How much work there is. Ages are in seconds; null: nothing waits. */
export interface Load {
  readonly waiting: number;
  readonly running: number;
  readonly oldestAgeS: number | null;
}

/** The load of one kind of work, of keys of one class. */
export interface WorkLoad extends Load {
  readonly queue: 'interactive' | 'media' | 'campaign' | 'callback' | 'batch';
  /** `text`, `image`, `video`; `campaign`, `batch`; `callback`, `webhook`. */
  readonly kind: string;
  /** Class of the keys; null: deliveries and the steps of batches have none. */
  readonly class: string | null;
  /** Of `waiting` nothing: what waits because its key has used up its rate waits for its owner. */
  readonly heldByRate: number;
}

/** A process that serves. */
export interface ServingInstance {
  /** "worker-0b9f..." */
  readonly id: string;
  readonly role: 'api' | 'worker';
  /** Of the package; null: an older version that does not say. */
  readonly version: string | null;
  readonly startedAt: Date;
  readonly seenAt: Date;
}

/** Deliveries to receivers of events. */
export interface DeliveryCounts {
  readonly pending: number;
  /** Given up within a day. */
  readonly failed: number;
}

/** What an operator asks of Postgres. Counts end at 100,000. Every method throws AppError `service_unavailable` when it does not answer. */
export interface OperationsStore {
  /** What waits and what runs, by queue, kind and class: only what there is. */
  work(): Promise<readonly WorkLoad[]>;
  /** Calls that providers are working on, by provider. */
  providerCalls(): Promise<ReadonlyMap<string, number>>;
  instances(): Promise<readonly ServingInstance[]>;
  /** What was spent since a moment, which is the beginning of an hour. */
  spentSince(since: Date): Promise<MicroUsd>;
  /** Incidents that are not resolved. */
  openIncidents(): Promise<number>;
  deliveries(): Promise<DeliveryCounts>;
  /** Of the server. */
  version(): Promise<string>;
}

/** What Temporal knows of one of our task queues. */
export interface QueueState {
  /** Tasks that no worker has taken; an estimate of Temporal's. */
  readonly backlog: number;
  readonly oldestAgeS: number | null;
  /** Who polls: ids of processes. */
  readonly pollers: readonly string[];
}

/** Where Temporal is. */
export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
  /** null: it does not say. */
  readonly version: string | null;
}

/** What an operator asks of Temporal. Every method throws AppError `service_unavailable` when it does not answer within 2 s. */
export interface QueueSource {
  /** By the name without the installation's prefix: "media", "provider-fal". */
  queues(names: readonly string[]): Promise<ReadonlyMap<string, QueueState>>;
  place(): Promise<TemporalPlace>;
}

/** Task queues of every installation. */
export const FIXED_QUEUES = ['interactive', 'media', 'campaign', 'batch', 'callback'] as const;

/** The task queue on which calls to a provider wait. */
export function providerQueue(provider: string): string {
  return `provider-${provider}`;
}

/** Together: the sum, and the age of the oldest. */
export function sumOfLoads(loads: readonly Load[]): Load {
  const ages = loads.flatMap(({ oldestAgeS }) => (oldestAgeS === null ? [] : [oldestAgeS]));
  return {
    waiting: loads.reduce((sum, { waiting }) => sum + waiting, 0),
    running: loads.reduce((sum, { running }) => sum + running, 0),
    oldestAgeS: ages.length === 0 ? null : Math.max(...ages),
  };
}

/** Midnight, UTC. */
export function dayOf(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}
