import type { Provider, ProviderLimits } from './catalogue';

/** The limits of providers (`limits` in the configuration), kept by all processes together. */

/** The name of an attempt: to the provider, and for its place there. */
export function callName(taskId: string, n: number): string {
  return `${taskId}:${String(n)}`;
}

/** Whether images and videos may be bought there by any process: no bound is set on how many calls it gets at once. */
export function isForEveryProcess({ limits, isConcurrencyBound, disabled }: Provider): boolean {
  return limits === undefined && isConcurrencyBound !== true && disabled !== true;
}

/** The places for calls of providers with limits, as far as this process has them. Providers without limits always have one. */
export interface CallPlaces {
  /** Takes a place for a call (`TASK:N`), if this process has one; once it is taken, again is the same. */
  enter(provider: string, call: string): boolean;
  /** As `enter`, but waits for a place. `isUrgent`: somebody waits for the call. False: `withinMs` passed without one. */
  waitToEnter(provider: string, call: string, withinMs: number, isUrgent: boolean): Promise<boolean>;
  /** The call is over, or is not made: gives back its place, if it has one. */
  leave(call: string): void;
}

/** What a process asks of a provider's limits. */
export interface CallLease {
  readonly provider: string;
  readonly limits: ProviderLimits;
  /** Places it keeps, in use or not. */
  readonly held: number;
  /** How many more calls it would begin within `aheadS`. */
  readonly wanted: number;
  /** What it keeps is free again after this long without a word. */
  readonly leaseS: number;
  readonly aheadS: number;
}

/** The limits of providers, kept by all processes together. */
export interface ProviderLimitStore {
  /** Answers how many calls the process may begin, never more than the limits leave. `againMs`: when the minute has room again; null: now. */
  leaseCalls(instanceId: string, lease: CallLease): Promise<{ readonly granted: number; readonly againMs: number | null }>;
}
