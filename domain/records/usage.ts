import type { MicroUsd } from '../money/money';

/** By what usage can be told apart, and which of it is wanted. */
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];
export const USAGE_DIMENSIONS = [
  'team',
  'project',
  'credential',
  'class',
  'member',
  'model',
  'provider',
  'campaign',
  'template',
  'modality',
] as const;

/** Periods of a time zone, as its clocks show them; `none`: all in one. */
export type UsageInterval = (typeof USAGE_INTERVALS)[number];
export const USAGE_INTERVALS = ['hour', 'day', 'month', 'none'] as const;

/** Whose usage, and which; by names as users write them, `campaign` by its id, `member` by e-mail. */
export interface UsageFilter {
  /** null: of all teams. */
  readonly teamIds: readonly number[] | null;
  readonly names: Readonly<Partial<Record<UsageDimension, string>>>;
  /** Rows of Postgres, in place of their names. */
  readonly ids?: Readonly<Partial<Record<'project' | 'credential' | 'member', number>>>;
}

/** A time, or a day that begins when it does in the time zone. */
export type UsageBound = { readonly at: Date } | { readonly day: string };

export interface UsageQuery extends UsageFilter {
  /** IANA name; absent: that of the team, when it is of one team, else UTC. */
  readonly timeZone?: string;
  /** Absent: when the month began. Rounded down to the hour. */
  readonly from?: UsageBound;
  /** Before it; absent: now. Rounded up to the hour. */
  readonly to?: UsageBound;
  readonly interval: UsageInterval;
  readonly groupBy: readonly UsageDimension[];
  /** No more rows than that. */
  readonly limit: number;
}

/** What was used since a time, rounded down to the hour. */
export interface UsageSince extends UsageFilter {
  readonly since: Date;
}

/** What was used: by the time of the request, whenever it was charged or refunded. */
export interface UsageFigures {
  readonly requests: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly images: number;
  readonly videoSeconds: number;
  /** What was charged, refunds taken off: as the ledger has it. */
  readonly costMicroUsd: MicroUsd;
  /** What the providers took. */
  readonly providerCostMicroUsd: MicroUsd;
}

export interface UsageRow extends UsageFigures {
  /** When its interval began. */
  readonly start: Date;
  /** A value for each name of `groupBy`; null: none. */
  readonly of: Readonly<Partial<Record<UsageDimension, string | null>>>;
}

export interface UsageReport {
  readonly from: Date;
  readonly to: Date;
  readonly timeZone: string;
  /** By start, then the most expensive first; intervals without requests are left out. */
  readonly rows: readonly UsageRow[];
  readonly total: UsageFigures;
}

/** What was charged on a day of the time zone. */
export interface DaySpending {
  /** "2026-11-30" */
  readonly day: string;
  readonly costMicroUsd: MicroUsd;
}

export interface RecentSpending {
  /** Only days with spending, today included, in their order; the current month and the four weeks before today. */
  readonly days: readonly DaySpending[];
  readonly today: string;
  /** How much of today is over, from 0 to 1. */
  readonly todayShare: number;
}

export interface UsageStore {
  /** All that was committed before it was asked is in. @throws AppError `invalid_value` when there would be more rows than `limit` */
  read(query: UsageQuery): Promise<UsageReport>;
  /** What was charged since each time, in their order, with one read for all. All that was committed before it was asked is in. */
  costsSince(asked: readonly UsageSince[]): Promise<readonly MicroUsd[]>;
  /** What a forecast needs, as of the last `read`. */
  recentSpending(filter: UsageFilter & { readonly timeZone: string }): Promise<RecentSpending>;
}
