import type { MicroUsd } from '../money/money';
import type { AttemptOutcome } from '../task/task';

/** Calls of one provider in an hour of UTC. */
export interface AttemptHour {
  readonly hour: Date;
  /** What the provider calls the model. */
  readonly model: string;
  /** What we call it. */
  readonly served: string;
  readonly outcome: AttemptOutcome;
  readonly attempts: number;
  /** What the provider took, as far as we know: what it said, else the price by the route's cost. */
  readonly costMicroUsd: MicroUsd;
  /** Of what was booked at nothing: the most it can have charged. */
  readonly mostMicroUsd: MicroUsd;
  readonly images: number;
  readonly videoSeconds: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A call, as an invoice may name it. */
export interface BookedAttempt {
  readonly taskId: string;
  readonly n: number;
  readonly at: Date;
  readonly model: string;
  readonly served: string;
  /** The provider's own id of the request or job. */
  readonly upstreamId: string;
  readonly outcome: AttemptOutcome;
  readonly costMicroUsd: MicroUsd;
  readonly mostMicroUsd: MicroUsd;
}

export interface AttemptPeriod {
  readonly provider: string;
  readonly from: Date;
  /** Before it. */
  readonly to: Date;
}

/** How calls of a provider went that began within an interval. */
export interface AttemptHealth {
  readonly start: Date;
  readonly attempts: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of those that succeeded; null: none did. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  /** Failed ones by the code of their error. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What we bought of providers: the other side of their invoices. */
export interface AttemptBooks {
  /** Sums by hour, model and outcome, in the order of time. */
  hours(period: AttemptPeriod): Promise<readonly AttemptHour[]>;
  /** Intervals of UTC in which a call began, in the order of time. */
  health(period: AttemptPeriod, interval: 'minute' | 'hour' | 'day'): Promise<readonly AttemptHealth[]>;
  /** The attempts of these ids that began within the time. */
  find(period: AttemptPeriod, upstreamIds: readonly string[]): Promise<readonly BookedAttempt[]>;
}
