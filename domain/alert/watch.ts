import type { BudgetPeriod } from '../money/budget';
import type { MicroUsd } from '../money/money';
import type { HourHistory, SpendRow } from './anomaly/spending';
import type { AnomalySubject, WatchedBudget } from './rule';

/** Whose things an alert looks at; null: all. */
export interface WatchScope {
  readonly teamId: number | null;
  readonly credentialId: number | null;
}

/** A name with its id. */
export interface Named {
  readonly id: number;
  readonly name: string;
}

/** A budget of which much is spent. */
export interface BudgetState {
  /** Of its account: another month is another one. */
  readonly accountId: number;
  /** "team:studio", as refusals name it. */
  readonly title: string;
  readonly period: BudgetPeriod;
  readonly team: string | null;
  readonly teamId: number | null;
  readonly limitMicroUsd: MicroUsd;
  readonly spentMicroUsd: MicroUsd;
  /** null: never. */
  readonly resetsAt: Date | null;
  /** The key that it is of, else the one of its team that spent most within a day; null: none did. */
  readonly credential: Named | null;
}

/** Events that a receiver refused at least three times within a day, or that were given up. */
export interface FailingReceiver {
  readonly team: Named;
  readonly host: string;
  readonly events: number;
  readonly lastError: string | null;
}

export interface Backlog {
  readonly waiting: number;
  readonly oldestS: number;
}

/** A key that was used from a network for the first time within a day, and from others before. */
export interface NewNetwork {
  readonly team: Named;
  readonly credential: Named;
  /** "203.0.113.0/24" */
  readonly network: string;
  readonly firstSeenAt: Date;
}

export interface StuckRuns {
  readonly team: Named;
  readonly runs: number;
  /** Of the longest. */
  readonly minutes: number;
  /** At most five. */
  readonly taskIds: readonly string[];
}

/** Calls that a provider refused for our key or bill, or as it does not know the model, within a quarter of an hour. */
export interface ProviderFaults {
  readonly provider: string;
  readonly calls: number;
  readonly models: readonly string[];
  readonly taskIds: readonly string[];
}

/** What the rules of alerts look at, read from Postgres. Nothing here changes anything. */
export interface AlertWatch {
  /** Budgets of these kinds of which at least so many per cent are spent. */
  budgets(scope: WatchScope, kinds: readonly WatchedBudget[], percent: number): Promise<readonly BudgetState[]>;
  /** What was spent in the hours that begin in this span, from the first (milliseconds) to before the last. */
  spending(scope: WatchScope, fromMs: number, toMs: number): Promise<readonly SpendRow[]>;
  /** The hours of what these spent, by subject (`subjectOf`), in the same span. */
  histories(
    scope: WatchScope,
    by: AnomalySubject,
    ids: readonly string[],
    fromMs: number,
    toMs: number,
  ): Promise<ReadonlyMap<string, HourHistory>>;
  failingReceivers(scope: WatchScope): Promise<readonly FailingReceiver[]>;
  /** Runs that wait for a place; null: none. */
  backlog(scope: WatchScope, model: string | null): Promise<Backlog | null>;
  newNetworks(scope: WatchScope): Promise<readonly NewNetwork[]>;
  stuckRuns(scope: WatchScope, minutes: number): Promise<readonly StuckRuns[]>;
  providerFaults(code: 'provider_auth' | 'provider_not_found', provider: string | null): Promise<readonly ProviderFaults[]>;
}
