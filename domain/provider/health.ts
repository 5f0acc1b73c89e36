import type { ErrorCode } from '../errors';
import type { Usage } from '../task/generation';
import type { BreakerRule, Modality, Provider } from './catalogue';
import type { ProviderLimitStore } from './limits';
import type { PlannedRoute } from './routing';

/** What is known of providers from the calls that were made, by all processes together. */

/** A key of a provider and the model that it was called for: what a breaker stands for. */
export interface BreakerPlace {
  readonly provider: string;
  readonly key: string;
  readonly model: string;
}

/** One call of a provider, over. `code` null: it succeeded. */
export interface CallEnd {
  readonly route: PlannedRoute;
  readonly code: ErrorCode | null;
  readonly beganAt: Date;
  /**
   * Made by ourselves, not for a request. `call`: the model answered; `look`: only the server did, which proves nothing of the model, so that
   * its success closes no breaker. How long either took says nothing of how long requests take.
   */
  readonly probe?: 'call' | 'look';
}

/** Hears of calls as they end. Costs the teller nothing: it is written later, with others. */
export interface CallObserver {
  ended(call: CallEnd): void;
}

/** A breaker that keeps calls away. `half_open`: one call goes out, and decides. */
export interface Breaker extends BreakerPlace {
  readonly state: 'open' | 'half_open';
  readonly openedAt: Date;
  /** When the next call may go out; half open: when another may, if nothing was heard of the one that did. */
  readonly nextProbeAt: Date;
  /** The code of the last failure. */
  readonly lastError: string | null;
}

/** A breaker that lets calls through: of a place where calls failed before. */
export interface ClosedBreaker extends BreakerPlace {
  readonly state: 'closed';
  /** When it opened last; null: it never did. */
  readonly openedAt: Date | null;
  readonly lastError: string | null;
}

/** What became of calls. `failures` 0: one succeeded. */
export interface CallReport extends BreakerPlace {
  readonly failures: number;
  readonly error: string | null;
  readonly beganAt: Date;
  readonly rule: BreakerRule;
}

/** Calls of a provider by one process since a moment. `latencies`: how many of the successful ones took how long (`LATENCY_STEPS`). */
export interface CallCounts {
  readonly provider: string;
  readonly since: Date;
  readonly succeeded: number;
  readonly failed: number;
  readonly latencies: readonly number[];
}

/** The calls of a provider within the last 5 minutes. */
export interface ProviderHealth {
  readonly requests: number;
  /** 0..1; null: there were none. */
  readonly successRate: number | null;
  /** Milliseconds; null: none succeeded. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface ProviderHealthStore extends ProviderLimitStore {
  /** All breakers that keep calls away. */
  breakers(): Promise<readonly Breaker[]>;
  closedBreakers(): Promise<readonly ClosedBreaker[]>;
  /** Moves breakers by what became of calls, and tells the processes of a change. */
  report(reports: readonly CallReport[]): Promise<void>;
  /** Half-opens a breaker whose time has come. Answers until when the asker has time for the one call that may go out; null: it is not the asker's. */
  claimProbe(place: BreakerPlace, leaseS: number): Promise<Date | null>;
  /** Forgets the breakers of a provider. */
  resetBreakers(provider: string): Promise<void>;
  /** Adds to the counts; those older than 5 minutes are forgotten. */
  addCounts(instanceId: string, counts: readonly CallCounts[]): Promise<void>;
  /** The health of each provider that was called. */
  health(): Promise<ReadonlyMap<string, ProviderHealth>>;
}

/** Failures of the provider's own making, that a breaker counts. */
const FAULTS: ReadonlySet<ErrorCode> = new Set([
  'provider_unavailable',
  'provider_timeout',
  'provider_bad_response',
  'provider_auth',
  'outcome_unknown',
]);

export function isProviderFault(code: ErrorCode): boolean {
  return FAULTS.has(code);
}

/** Upper bounds of the histogram's steps, in milliseconds: each a fifth above the one before. The last step holds all beyond. */
export const LATENCY_STEPS: readonly number[] = Array.from({ length: 64 }, (_, step) => Math.round(5 * 1.2 ** step));

/** The step of a latency. */
export function latencyStep(ms: number): number {
  const step = LATENCY_STEPS.findIndex((bound) => ms <= bound);
  return step === -1 ? LATENCY_STEPS.length - 1 : step;
}

/** The latency below which this share of the calls lies, as exact as the steps are. @returns null without calls */
export function percentileMs(latencies: readonly number[], share: number): number | null {
  const total = latencies.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  const step = latencies.findIndex((count) => (seen += count) >= total * share);
  return LATENCY_STEPS[step] ?? null;
}

/** One step of a test of a provider, in the order in which they are taken. The first that fails is the last, but for calls: there is one with each key. */
export interface TestStep {
  readonly name: 'configuration' | 'dns' | 'connection' | 'tls' | 'call';
  readonly ok: boolean;
  /** What was found, and what to do about it. */
  readonly message: string;
  readonly durationMs: number;
  /** Of a call: the name of the key, when it began, why it failed (null: it did not), and what the provider counted (null: it did not say). */
  readonly call?: { readonly key: string; readonly beganAt: Date; readonly code: ErrorCode | null; readonly usage: Usage | null };
}

/**
 * Finds out whether a provider can be reached and takes our keys, by the cheapest real call there is.
 * @param route - what is called: a chat of one token (`TEST_CHAT`) for a text, a look at a job that does not exist for images and videos;
 *   `modality` null: not known yet, a text where the provider has any
 * @param signal - gives up
 */
export type ProviderTester = (
  provider: Provider,
  route: { readonly model: string; readonly modality: Modality | null },
  signal?: AbortSignal,
) => Promise<readonly TestStep[]>;
