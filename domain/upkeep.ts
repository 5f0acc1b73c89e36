import type { BudgetPeriod } from './money/budget';
import type { MicroUsd } from './money/money';

/** The processes that make calls, so that one does not declare the other's call lost while it lives. */
export interface InstanceStore {
  /** Says "I live"; to be called every 2 s. @param version - of the package, of the process that lives */
  heartbeat(instanceId: string, role: 'api' | 'worker', version?: string): Promise<void>;
  /** False when it has died (its connection closed and no heartbeat for 8 s), or gave no heartbeat for a minute. */
  isAlive(instanceId: string): Promise<boolean>;
  /** Removes the instance at a clean end. */
  remove(instanceId: string): Promise<void>;
  /** Number of instances of a role that serve: seen within 8 s, within 3 s once their connection has closed. */
  count(role: 'api' | 'worker'): Promise<number>;
}

/** A share of a budget that is spent, of those that it wants told. */
export interface BudgetWarning {
  /** As refusals name it: "team:studio". */
  readonly budget: string;
  readonly period: BudgetPeriod;
  readonly percent: number;
  readonly limitMicroUsd: MicroUsd;
  readonly spentMicroUsd: MicroUsd;
  readonly at: Date;
}

/** Answers of the parts, for `/readyz`. */
export interface HealthProbe {
  readonly name: string;
  /** Resolves when the part answers; rejects with a short reason that holds no secret. */
  check(): Promise<void>;
}

/**
 * Upkeep. Every method does a bounded part, answers how much that was, may be repeated, and is safe when several processes do it at once.
 * `now` decides what is old, so that tests need not wait.
 */
export interface HousekeepingStore {
  /** Makes the partitions ahead that the growing tables need; answers how many. @throws AppError `service_unavailable` when the tables are busy */
  makePartitions(now: Date): Promise<number>;
  /** Forgets a part of the events told more than 48 h before `now`; answers how many, 0 when none is left. */
  forgetEvents(now: Date): Promise<number>;
  /** Forgets a part of the sessions, links and failed sign-ins that are long over; answers how many. */
  forgetSignIns(now: Date): Promise<number>;
  /** Takes back grants that have lapsed; answers the warnings of budgets that nobody was told of yet, each to one caller. */
  watchBudgets(): Promise<readonly BudgetWarning[]>;
  /** Forgets instances that have been silent since `before`. */
  removeSilentInstances(before: Date): Promise<number>;
  /** Removes inputs and results of ended tasks whose team's retention has passed, and gives up their files. */
  expireTasks(now: Date, limit: number): Promise<number>;
  /** Gives up files that came in with requests and that nothing within its retention names any more. */
  expireInputs(now: Date, limit: number): Promise<number>;
  /** Removes the inputs of items of campaigns that ended before their team's retention. */
  expireCampaignItems(now: Date, limit: number): Promise<number>;
  /** Forgets ended deliveries to webhook endpoints after 30 days, or their team's retention where that is shorter. */
  expireDeliveries(now: Date, limit: number): Promise<number>;
  /** Removes files (`/v1/files`) past their end or their team's retention, and gives up their objects. */
  expireFiles(now: Date, limit: number): Promise<number>;
  /** Forgets bodies of calls that are over, and gives up their objects. */
  expireBodies(now: Date, limit: number): Promise<number>;
  /** Those of the calls that have bodies. */
  bodiesKept(callIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Deletes callbacks that were delivered or given up, past their retention. */
  expireCallbacks(now: Date, limit: number): Promise<number>;
  /** Deletes resolved incidents past their retention, and notices that tested an alert. */
  expireIncidents(now: Date, limit: number): Promise<number>;
  /** Deletes archived histories past their retention, and gives up their files. */
  expireHistories(now: Date, limit: number): Promise<number>;
  /** Deletes calls of the log past their retention where no partition can be dropped. @param days - where no rule says otherwise */
  expireCalls(now: Date, days: number, limit: number): Promise<number>;
  /** Before this time every call is past its retention, so that whole partitions of the log can go; null: something is kept for good. */
  callsGoneBefore(now: Date, days: number): Promise<Date | null>;
  /** Lets entries of the audit log go that are past their retention: says so in it first, then deletes them. */
  pruneAudit(now: Date, limit: number): Promise<number>;
  /** Takes what names an erased person out of a part of what they made. */
  eraseTraces(limit: number): Promise<number>;
  /** Those of the files that exist. */
  filesKept(fileIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Object keys that were given up. */
  givenUp(limit: number): Promise<readonly string[]>;
  /** These objects are gone. */
  forgetGivenUp(keys: readonly string[]): Promise<void>;
  /** Those of the tasks whose staged files a run (their own, or a replay) needs or may still take up. */
  tasksInNeed(taskIds: readonly string[], now: Date): Promise<ReadonlySet<string>>;
  /** Those of the tasks that have their contents still. */
  tasksWithContents(taskIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The staged results of these tasks and of their replays are taken up by nobody any more. */
  forgetDelivered(taskIds: readonly string[]): Promise<void>;
  /** What lies in the spool since before `before`, sorted by key, from the first after `after` on. */
  spooled(
    before: Date,
    page: { readonly after: string; readonly limit: number },
  ): Promise<readonly { readonly key: string; readonly since: Date }[]>;
  /** Those of the assets that have their contents, with their types. */
  assetsKept(assetIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Removes bytes of the spool whose object exists, or that nobody needs: who names them names the object from now on. */
  unspool(key: string): Promise<void>;
}
