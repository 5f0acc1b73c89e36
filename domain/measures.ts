import type { ErrorCode } from './errors';

/** How a try ended: `not_yet` asks to be run again and is no failure. */
export type ActivityOutcome = 'completed' | 'failed' | 'not_yet';

/** Counts what happens, for metrics. Costs the teller next to nothing and never throws; labels have few values. */
export interface Measures {
  /** A call of a provider ended after so long; `code` null: it succeeded. */
  providerCall(provider: string, code: ErrorCode | null, ms: number): void;
  /** A try of an activity ended. */
  activity(name: string, outcome: ActivityOutcome, ms: number): void;
  callbackTry(outcome: 'delivered' | 'pending' | 'failed'): void;
  /** Items of campaigns and batches that were started. */
  itemsStarted(count: number): void;
  objectStoreCall(operation: string, isWell: boolean): void;
}

/** A pool of connections, or the slots of a worker. */
export interface Occupancy {
  readonly used: number;
  readonly max: number;
}
