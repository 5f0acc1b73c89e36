import type { Caller } from './catalogue';
import type { ErrorCode } from './errors';
import type { GenerationInput, Operation, Usage } from './generation';
import type { MicroUsd } from './money';
import type {
  Asset,
  AttemptOutcome,
  Attempt,
  CostLine,
  Delivered,
  Endpoint,
  Task,
  TaskError,
  TaskPhase,
  TaskPriority,
  TaskStatus,
  TerminalStatus,
  TextResult,
} from './task';
import type { Modality } from './catalogue';

/** Ports to Postgres: the only holder of tasks and money. Every write is idempotent by the ids it names. */

/** What limits spending. A balance row per account; a task is reserved against every account it belongs to, all or none. */
export type AccountKind = 'credential' | 'class' | 'team' | 'month' | 'campaign';

/** A task about to be admitted. */
export interface NewTask {
  readonly id: string;
  readonly type: Modality;
  readonly operation: Operation;
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly input: GenerationInput;
  readonly caller: Caller;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly callbackUrl: string | null;
  readonly priority: TaskPriority;
  readonly deadlineAt: Date | null;
  readonly replayOf: string | null;
  readonly campaignId: string | null;
  readonly skippedRoutes: readonly { readonly provider: string; readonly reason: string }[];
  /** SHA-256 of the canonical request, hex: tells a repeat from another body. */
  readonly requestHash: string;
}

/** Who makes a call; written before it is made. */
export interface AttemptIntent {
  readonly taskId: string;
  readonly n: number;
  readonly provider: string;
  readonly model: string;
  readonly instanceId: string | null;
}

export interface Admission {
  readonly task: NewTask;
  /** Upper bound of the price: held against every account of the task. */
  readonly reserveMicroUsd: MicroUsd;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
  /** Text lane: the intent of attempt 1, written in the same statement; the task starts `running`. Null: starts `queued`. */
  readonly firstAttempt: { readonly provider: string; readonly model: string; readonly instanceId: string } | null;
  /** The workflow that will own the task; it still has to `adopt` it, else the sweeper finds it a new owner. */
  readonly workflowId?: string;
}

export type AdmitOutcome =
  /** Stored and reserved. */
  | { readonly kind: 'admitted' }
  /** This very task id was admitted before; nothing changed. */
  | { readonly kind: 'repeated' }
  /** The idempotency key or external id belongs to an earlier task with the same request. */
  | { readonly kind: 'twin'; readonly taskId: string }
  | { readonly kind: 'key_reused'; readonly taskId: string }
  | { readonly kind: 'external_id_in_use'; readonly taskId: string }
  /** Does not fit: the task was stored as `failed` with `insufficient_quota`, nothing is held, no key was taken. */
  | { readonly kind: 'refused'; readonly account: AccountKind; readonly availableMicroUsd: MicroUsd };

/** The end of a task: state, price and books in one transaction. */
export interface Settlement {
  readonly taskId: string;
  readonly status: TerminalStatus;
  /** What it cost the user; clamped to the reservation by the store. */
  readonly actualMicroUsd: MicroUsd;
  readonly costLines: readonly CostLine[];
  readonly usage: Usage | null;
  readonly textResult: TextResult | null;
  readonly error: TaskError | null;
  /** Closes this attempt in the same transaction. */
  readonly attempt: AttemptEnd | null;
}

export interface AttemptEnd {
  readonly taskId: string;
  readonly n: number;
  readonly outcome: Exclude<AttemptOutcome, 'running'>;
  readonly errorCode: ErrorCode | null;
  readonly upstreamId: string | null;
  /** What the provider charged for this attempt. */
  readonly costMicroUsd: MicroUsd;
  /** Why it failed, for the process that ends the task: another one, perhaps. */
  readonly error?: TaskError | null;
}

/** `settled`: done now. `already`: the task had ended before; nothing changed. `missing`: no such task. */
export type SettleOutcome = 'settled' | 'already' | 'missing';

export type BeginOutcome =
  | { readonly kind: 'begun' }
  /** This attempt was begun before (by us or by a process that died). */
  | { readonly kind: 'exists'; readonly attempt: Attempt }
  /** The task has ended: make no call. */
  | { readonly kind: 'ended'; readonly status: TaskStatus };

export interface TaskFilter {
  readonly teamId: number;
  readonly status?: TaskStatus;
  readonly type?: Modality;
  readonly model?: string;
  readonly externalId?: string;
  readonly campaignId?: string;
  readonly endpoint?: Endpoint;
  readonly createdAfter?: Date;
  /** Id of the last task of the page before. */
  readonly after?: string;
  readonly order: 'asc' | 'desc';
  /** 1..100 */
  readonly limit: number;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

export interface TaskStore {
  /** Admits a group in one statement; outcomes in the order of the group. */
  admit(group: readonly Admission[]): Promise<readonly AdmitOutcome[]>;
  /** Settles a group in one statement; outcomes in the order of the group. Also writes the callback's outbox row. */
  settle(group: readonly Settlement[]): Promise<readonly SettleOutcome[]>;
  /** The task with attempts and outputs. `teamId` null: any team's (workflows, admin). Null: none, or another team's. */
  get(id: string, teamId: number | null): Promise<Task | null>;
  /** Several at once, in no order; unknown ids are left out. */
  getMany(ids: readonly string[]): Promise<readonly Task[]>;
  list(filter: TaskFilter): Promise<Page<Task>>;
  /** Status and version only: the cheap read behind waits and event streams. */
  versions(ids: readonly string[]): Promise<readonly { readonly id: string; readonly version: number; readonly status: TaskStatus }[]>;
  /** The earlier task of an idempotency key, if any. */
  findByIdempotencyKey(
    teamId: number,
    route: string,
    key: string,
  ): Promise<{ readonly taskId: string; readonly requestHash: string } | null>;
  /** Names the owner workflow of tasks that have none; returns the ids that are this workflow's now (also when they were before). */
  adopt(ids: readonly string[], workflowId: string): Promise<readonly string[]>;
  /** Writes the intent row of an attempt and moves the task to `running`. */
  beginAttempt(intent: AttemptIntent): Promise<BeginOutcome>;
  /** Closes an attempt (also to `accepted`, which is open still). Repeating changes nothing. */
  endAttempt(end: AttemptEnd): Promise<void>;
  /** Keeps what the provider delivered, before it is stored as assets. */
  recordDelivered(taskId: string, n: number, delivered: Delivered): Promise<void>;
  /** Makes the last delivered attempt of `fromTaskId` attempt 1 of a task that has none. Repeating changes nothing. */
  adoptDelivered(taskId: string, fromTaskId: string): Promise<void>;
  /** Progress never falls; a terminal task does not change. */
  setProgress(id: string, phase: TaskPhase, progress: number): Promise<void>;
  /** Marks that the owner wants the task to end; true when it was not terminal. */
  requestCancel(id: string): Promise<boolean>;
  /** Hides a terminal task from its owner's lists (`DELETE /v1/videos/{id}`); books and attempts stay. */
  hide(id: string): Promise<void>;
  /** Not terminal, no owner workflow, older than `olderThanMs`. */
  findUnowned(olderThanMs: number, limit: number): Promise<readonly { readonly id: string; readonly operation: Operation }[]>;
  /** Not terminal, owned, unchanged for `olderThanMs`: their workflow may have been terminated. */
  findStale(olderThanMs: number, limit: number): Promise<readonly { readonly id: string; readonly workflowId: string }[]>;
}

/** The processes that make calls, so that one does not declare the other's call lost while it lives. */
export interface InstanceStore {
  /** Says "I live"; to be called every 2 s. */
  heartbeat(instanceId: string, role: 'api' | 'worker'): Promise<void>;
  /** False when it has died (its connection closed and no word for 8 s), or gave no word for a minute. */
  isAlive(instanceId: string): Promise<boolean>;
  /** Removes the instance at a clean end. */
  remove(instanceId: string): Promise<void>;
  /** Number of instances of a role that serve: seen within 8 s, within 3 s once their connection has closed. */
  count(role: 'api' | 'worker'): Promise<number>;
}

export interface AssetStore {
  /** Inserts assets; repeating an id changes nothing. */
  insert(assets: readonly Asset[]): Promise<void>;
  get(id: string, teamId: number | null): Promise<Asset | null>;
  getMany(ids: readonly string[], teamId: number): Promise<readonly Asset[]>;
}

/** Result of `ledger verify`. */
export interface LedgerReport {
  readonly ok: boolean;
  readonly accounts: number;
  readonly entries: number;
  readonly openReservations: number;
  /** Each in plain words: what disagrees, by how much, where. */
  readonly problems: readonly string[];
}

export interface LedgerStore {
  /** Proves: each balance is the sum of its entries; nothing negative; each task reserved and closed once; no over-spending. */
  verify(): Promise<LedgerReport>;
  /** Gives back part of what a settled task cost. Repeating the same `reason key` changes nothing. */
  refund(taskId: string, amountMicroUsd: MicroUsd, reasonKey: string): Promise<void>;
}

/** Says which rows changed, as it happens; a hint only: readers must also look by themselves now and then. */
export interface ChangeFeed {
  /** Calls back with the ids of changed tasks (and campaigns). Returns the unsubscribe. */
  onTask(listener: (taskId: string) => void): () => void;
  /** The catalogue changed. */
  onCatalogue(listener: () => void): () => void;
  /** A running text task's cancel was asked for. */
  onCancel(listener: (taskId: string) => void): () => void;
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
  /** Forgets instances that have been silent since `before`. */
  removeSilentInstances(before: Date): Promise<number>;
  /** Removes inputs and results of ended tasks whose team's retention has passed, and gives up their files. */
  expireTasks(now: Date, limit: number): Promise<number>;
  /** Gives up files that came in with requests and that nothing within its retention names any more. */
  expireInputs(now: Date, limit: number): Promise<number>;
  /** Removes the inputs of items of campaigns that ended before their team's retention. */
  expireCampaignItems(now: Date, limit: number): Promise<number>;
  /** Object keys that were given up. */
  givenUp(limit: number): Promise<readonly string[]>;
  /** These objects are gone. */
  forgetGivenUp(keys: readonly string[]): Promise<void>;
  /** Those of the tasks whose staged files a run (their own, or a replay) needs or may still take up. */
  tasksInNeed(taskIds: readonly string[], now: Date): Promise<ReadonlySet<string>>;
  /** The staged results of these tasks and of their replays are taken up by nobody any more. */
  forgetDelivered(taskIds: readonly string[]): Promise<void>;
  /** What lies in the spool since before `before`, sorted by key, from the first after `after` on. */
  spooled(
    before: Date,
    page: { readonly after: string; readonly limit: number },
  ): Promise<readonly { readonly key: string; readonly since: Date }[]>;
  /** Removes bytes of the spool whose object exists, or that nobody needs: who names them names the object from now on. */
  unspool(key: string): Promise<void>;
}

/** A place for delivered bytes while S3 is away: rare, bounded, emptied as soon as they are stored. */
export interface SpoolStore {
  /** Repeating overwrites. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @throws AppError `not_found` */
  get(key: string): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
}
