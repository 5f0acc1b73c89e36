import type { BudgetRefusal } from '../money/budget';
import type { Caller } from '../access/caller';
import type { RateLack, RateState } from '../access/rate-state';
import type { ErrorCode } from '../errors';
import type { ProviderLimits } from '../provider/catalogue';
import type { TaskChoice, TaskCounts, TaskFilter } from './choice';
import type { GenerationInput, Operation, Usage } from './generation';
import type { RequestFacts } from '../records/request';
import type { MicroUsd } from '../money/money';
import type {
  Asset,
  AttemptOutcome,
  Attempt,
  CostLine,
  Delivered,
  Endpoint,
  AnsweredTask,
  QueuePlace,
  Task,
  AttemptError,
  TaskError,
  TaskPhase,
  TaskPriority,
  TaskStatus,
  TaskSummary,
  TerminalStatus,
  TextResult,
} from './task';
import type { Catalogue, Modality } from '../provider/catalogue';
import type { KeptRouting, SkippedRoute } from '../provider/plan';
import type { PlannedRoute } from '../provider/routing';

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
  readonly skippedRoutes: readonly SkippedRoute[];
  /** Kept for whoever plans the task's routes again; null: nothing out of the ordinary. */
  readonly routing?: KeptRouting | null;
  /** What the call log says of the request that made it; absent: nothing, and nobody asked for it by itself. */
  readonly request?: RequestFacts;
  /** SHA-256 of the canonical request, hex: tells a repeat from another body. */
  readonly requestHash: string;
}

/** Who makes a call; written before it is made. */
export interface AttemptIntent extends PlannedRoute {
  readonly taskId: string;
  readonly n: number;
  readonly instanceId: string | null;
  /** No call begins after it; absent: the task's own deadline alone counts. */
  readonly deadlineAt?: Date;
  /** Waits for its turn at a provider with these limits (`PriorityKey` as rank); absent: none, or the caller has a place already. */
  readonly turn?: { readonly rank: number; readonly limits: ProviderLimits };
}

export interface Admission {
  readonly task: NewTask;
  /** Upper bound of the price: held against every account of the task. */
  readonly reserveMicroUsd: MicroUsd;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
  /** The intent of attempt 1, written in the same statement; the task starts `running`. Null: starts `queued`. */
  readonly firstAttempt: (PlannedRoute & { readonly instanceId: string }) | null;
  /** The workflow that will own the task; it still has to `adopt` it, else the sweeper finds it a new owner. */
  readonly workflowId?: string;
  /** What it was routed and priced by, for what this process does with it; not stored. Absent: the catalogue of now. */
  readonly catalogue?: Catalogue;
  /** Tokens that it counts as, of a key that has a limit of them; absent: none. */
  readonly rateTokens?: number;
  /** What the task's row keeps for its input, as JSON text; by `TaskStore.keepInput`. */
  readonly inputJson?: string;
}

export type AdmitOutcome =
  /** Stored and reserved. `isWaiting`: without its first attempt, as it waits for the rate of its key. */
  | { readonly kind: 'admitted'; readonly isWaiting?: true; readonly rate?: RateState }
  /** This very task id was admitted before; nothing changed. */
  | { readonly kind: 'repeated' }
  /** The idempotency key or external id belongs to an earlier task with the same request. */
  | { readonly kind: 'repeat'; readonly taskId: string }
  | { readonly kind: 'key_reused'; readonly taskId: string }
  | { readonly kind: 'external_id_in_use'; readonly taskId: string }
  /** Does not fit: the task was stored as `failed` with `insufficient_quota`, nothing is held, no key was taken. */
  | { readonly kind: 'refused'; readonly refusal: BudgetRefusal; readonly rate?: RateState }
  /** The key asks too fast: nothing was stored. */
  | { readonly kind: 'rate_limited'; readonly lack: RateLack; readonly rate: RateState };

/** The end of a task: state, price and books in one transaction. */
export interface Settlement {
  readonly taskId: string;
  readonly status: TerminalStatus;
  /** What it cost the user; clamped to the reservation by the store. */
  readonly actualMicroUsd: MicroUsd;
  /** What the providers took for it by the prices of their routes, in micro-US-dollars; absent: as much as it cost the user. */
  readonly providerMicroUsd?: MicroUsd;
  /** Milliseconds from the admission to the first piece of a streamed answer; absent: none was streamed. */
  readonly firstTokenMs?: number;
  readonly costLines: readonly CostLine[];
  readonly usage: Usage | null;
  readonly textResult: TextResult | null;
  /** What the task's row keeps for its text result, as JSON text; by `TaskStore.keepResult`. */
  readonly resultJson?: string;
  readonly error: TaskError | null;
  /** Closes this attempt in the same transaction. `delivered`: of an image or video, what it brought. */
  readonly attempt: (AttemptEnd & { readonly delivered?: Delivered }) | null;
  /** What was made of it, stored in the same transaction. */
  readonly assets?: readonly Asset[];
  /** A task whose owner asked it to end is left as it is (`already`): it may have to end otherwise. */
  readonly yieldsToCancel?: boolean;
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
  readonly error?: AttemptError | null;
}

/** What became of a job that ran on after its task had ended and been charged for it. */
export interface LateEnd {
  readonly taskId: string;
  readonly n: number;
  readonly outcome: 'succeeded' | 'failed' | 'cancelled' | 'unknown';
  readonly error: AttemptError | null;
  /** What the provider charged for it; 0: it does not say. */
  readonly costMicroUsd: MicroUsd;
  /** How many results a replay can take up. */
  readonly outputs: number;
  /** It cost nothing: what the task was charged is given back. */
  readonly isFree: boolean;
}

/** `settled`: done now. `already`: the task had ended before, or is to end by a cancel that the settlement yields to; nothing changed. `missing`: no such task. */
export type SettleOutcome = 'settled' | 'already' | 'missing';

export type BeginOutcome =
  | { readonly kind: 'begun' }
  /** This attempt was begun before (by us or by a process that died). */
  | { readonly kind: 'exists'; readonly attempt: Attempt }
  /** The task is to end (its owner asked for it, or its deadline passed): nothing was written, make no call. */
  | { readonly kind: 'stopped'; readonly code: 'cancelled' | 'expired' | 'credential_frozen' }
  /** The provider is at its limit: nothing was written, ask again. */
  | { readonly kind: 'full'; readonly againMs: number }
  /** The task has ended: make no call. */
  | { readonly kind: 'ended'; readonly status: TaskStatus };

export interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

export interface TaskVersion {
  readonly id: string;
  readonly version: number;
  readonly status: TaskStatus;
  /** Its owner asked it to end. */
  readonly cancelRequested: boolean;
}

/** What it takes to give an open task another owner; its input is not read for that. */
export interface OpenTask extends Pick<NewTask, 'id' | 'operation' | 'endpoint' | 'priority' | 'campaignId'> {
  readonly teamName: string;
  readonly credentialClass: Caller['credentialClass'];
}

export interface TaskStore {
  /**
   * Writes the input of an admission down: what is above `LARGEST_IN_ROW` goes to the object store (to the row, while that is away). `admit` does
   * it for members that come without; whoever admits in groups does it before, so that no group waits for one member's upload.
   */
  keepInput(admission: Admission): Promise<Admission>;
  /** As `keepInput`, for the text result of a settlement. */
  keepResult(settlement: Settlement): Promise<Settlement>;
  /** Admits a group in one statement; outcomes in the order of the group. */
  admit(group: readonly Admission[]): Promise<readonly AdmitOutcome[]>;
  /** Settles a group in one statement; outcomes in the order of the group. Also writes the callback's outbox row. */
  settle(group: readonly Settlement[]): Promise<readonly SettleOutcome[]>;
  /** The task without its contents. `teamId` null: any team's (workflows, admin). Null: none, or another team's. */
  find(id: string, teamId: number | null): Promise<TaskSummary | null>;
  /** As `find`, with the answer of a text. */
  findAnswered(id: string, teamId: number | null): Promise<AnsweredTask | null>;
  /**
   * As `find`, with input and answer.
   * @param onStored - told how many bytes are about to be loaded from the object store, if any; throws to refuse
   * @throws AppError `service_unavailable` while the object store that holds them is away
   */
  get(id: string, teamId: number | null, onStored?: (bytes: number) => void): Promise<Task | null>;
  /** The input of a task unless its JSON is larger than `mostBytes`; null: it is, or there is no such task. */
  findInput(id: string, mostBytes: number): Promise<GenerationInput | null>;
  /** Where the task waits for a provider at its limit; null: it does not. */
  queuePlace(id: string): Promise<QueuePlace | null>;
  /** Several at once, in no order; unknown ids are left out. */
  findMany(ids: readonly string[]): Promise<readonly TaskSummary[]>;
  /**
   * A page in the order of ids. What ended a moment ago is found by the filters beyond those of a task's own columns once it is recorded
   * (`CallStore.catchUp`), and before that as long as its events are not.
   * @throws AppError `invalid_value` for a `q` without a word
   */
  list(filter: TaskFilter): Promise<Page<TaskSummary>>;
  /** @throws AppError as `list` */
  count(choice: TaskChoice): Promise<TaskCounts>;
  /** The beginnings of what tasks were asked for, by task; without those that have none, or outlived their retention. */
  prompts(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The cheap read behind waits, event streams and calls in flight. */
  versions(ids: readonly string[]): Promise<readonly TaskVersion[]>;
  /** The earlier task of an idempotency key, if any. */
  findByIdempotencyKey(
    teamId: number,
    route: string,
    key: string,
  ): Promise<{ readonly taskId: string; readonly requestHash: string } | null>;
  /**
   * Names the owner workflow of tasks that have none, or (a workflow that has the task's id) of one that its group owns; returns the ids that are
   * this workflow's now (also when they were before).
   */
  adopt(ids: readonly string[], workflowId: string): Promise<readonly string[]>;
  /** Lets a task through that waits for the rate of its key (phase `waiting_rate`), or answers in how many milliseconds to ask again; null: it waits no more. */
  passRate(id: string): Promise<number | null>;
  /** Writes the intent row of an attempt and moves the task to `running`, unless the task is to end. */
  beginAttempt(intent: AttemptIntent): Promise<BeginOutcome>;
  /** This process (`instanceId`) makes the call of an open attempt no more: whoever looks after its task next finds out what became of it. */
  releaseAttempt(ref: { readonly taskId: string; readonly n: number; readonly instanceId: string }): Promise<void>;
  /**
   * Closes an attempt (also to `accepted`, which is open still). Repeating changes nothing.
   * @param standing - how its task stands now, as by `setProgress`; absent: as before
   */
  endAttempt(end: AttemptEnd, standing?: { readonly phase: TaskPhase; readonly progress: number }): Promise<void>;
  /** Keeps what the provider delivered, before it is stored as assets. */
  recordDelivered(taskId: string, n: number, delivered: Delivered): Promise<void>;
  /** Closes an ended task's attempt by what became of its job: tells the team of results, gives a charge for nothing back. Repeating changes nothing. */
  endLateJob(end: LateEnd): Promise<void>;
  /** Makes the last delivered attempt of `fromTaskId` attempt 1 of a task that has none. Repeating changes nothing. */
  adoptDelivered(taskId: string, fromTaskId: string): Promise<void>;
  /** Progress never falls; a terminal task does not change. */
  setProgress(id: string, phase: TaskPhase, progress: number): Promise<void>;
  /** Marks that the owner wants the task to end; true when it was not terminal. */
  requestCancel(id: string): Promise<boolean>;
  /** Hides a terminal task from its owner's lists (`DELETE /v1/videos/{id}`); books and attempts stay. */
  hide(id: string): Promise<void>;
  /** Not terminal, no owner workflow, older than `olderThanMs`: a page in the order of ids, from behind `after` on (null: from the first). */
  findUnowned(olderThanMs: number, limit: number, after: string | null): Promise<readonly OpenTask[]>;
  /** Not terminal, owned, unchanged for `olderThanMs`: their workflow may have been terminated. Pages as those of `findUnowned`. */
  findStale(olderThanMs: number, limit: number, after: string | null): Promise<readonly (OpenTask & { readonly workflowId: string })[]>;
}
