import type { RoutingWish } from '../admission/request';
import type { BudgetRefusal } from '../money/budget';
import type { Caller, ImagesDefault } from '../access/caller';
import type { Modality } from '../provider/catalogue';
import type { GenerationInput } from '../task/generation';
import type { MicroUsd } from '../money/money';
import type { TemplateUse } from '../template/use';
import type { Admission, Page } from '../task/store';
import type { Asset, StagedOutput, TaskError } from '../task/task';

/** Where a campaign is. One that is being cancelled is `running` until nothing runs any more. */
export type CampaignStatus = 'draft' | 'scheduled' | 'running' | 'paused' | 'budget_exhausted' | 'completed' | 'cancelled';

/** Where an item is. `queued`: not started, or waiting for its turn again. */
export type ItemStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** A campaign of its own, or a batch: whoever made it finds it there. */
export type CampaignKind = 'campaign' | 'batch';

/** How many items are in each state; they always add up to `total`. */
export interface CampaignCounts {
  readonly total: number;
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** A campaign as stored. Ids: `camp_` + 32 hex digits of a UUIDv7. */
export interface Campaign {
  readonly id: string;
  readonly kind: CampaignKind;
  /** Rises with every change of the campaign or its counts; ETag and event id. */
  readonly version: number;
  readonly teamId: number;
  readonly teamName: string;
  /** The caller its items are admitted as. */
  readonly caller: Caller;
  readonly name: string | null;
  readonly status: CampaignStatus;
  readonly statusReason: string | null;
  /** Of `insufficient_quota`: the budget that has no room for the next item; else null. */
  readonly statusDetails: BudgetRefusal['details'] | null;
  readonly cancelRequested: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly counts: CampaignCounts;
  /** 1..500 */
  readonly concurrency: number;
  /** Sum of the items' reservation bounds. */
  readonly estimatedMicroUsd: MicroUsd;
  /** Held now. */
  readonly reservedMicroUsd: MicroUsd;
  /** Settled, over all tries. */
  readonly actualMicroUsd: MicroUsd;
  /** null: no ceiling of its own. */
  readonly maxCostMicroUsd: MicroUsd | null;
  readonly callbackUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Only items up to this index start; it is paused with the reason `trial` when they have ended, and a resume takes it away. */
  readonly trial: number | null;
  /** When it starts, or was to start, by itself. */
  readonly startAt: Date | null;
  /** The schedule that made it. */
  readonly scheduleId: string | null;
}

/** An item as validated, ready to be admitted whenever its turn comes. */
export interface NewCampaignItem {
  /** From 1, in the order of submission. */
  readonly index: number;
  readonly key: string;
  readonly type: Modality;
  readonly model: string;
  readonly input: GenerationInput;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Seconds from its start, null without a deadline. */
  readonly finishWithinS: number | null;
  readonly maxCostMicroUsd: MicroUsd | null;
  /** What it was rendered from; absent: it was given as it is. */
  readonly template?: TemplateUse;
  /** What it asks of its routing; absent: nothing. */
  readonly routing?: RoutingWish;
  /** Upper bound of its price at submission. */
  readonly boundMicroUsd: MicroUsd;
  readonly requestHash: string;
  /** Of a batch's line that says so: how its images are answered. */
  readonly answer?: { readonly images: ImagesDefault };
}

export interface CampaignItem extends NewCampaignItem {
  readonly status: ItemStatus;
  /** The task of the latest try; null before the first. */
  readonly taskId: string | null;
  /** Tries begun so far. */
  readonly tries: number;
  readonly error: TaskError | null;
  readonly outputs: readonly Asset[];
  /** What became of each output that was delivered, as far as it is known still. */
  readonly delivered: readonly StagedOutput[];
}

/** An item as lists show it: its input may be tens of megabytes. */
export type CampaignItemSummary = Omit<CampaignItem, 'input'> & {
  /** What its latest task cost; null: it is not settled; absent: not asked for. */
  readonly actualMicroUsd?: MicroUsd | null;
};

export interface NewCampaign {
  readonly id: string;
  /** Default: `campaign`. */
  readonly kind?: CampaignKind;
  readonly caller: Caller;
  readonly name: string | null;
  readonly concurrency: number;
  readonly maxCostMicroUsd: MicroUsd | null;
  readonly callbackUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** False: stays a draft until started. */
  readonly start: boolean;
  /** Runs so many items first. */
  readonly trial?: number | null;
  /** Is `scheduled` until then. */
  readonly startAt?: Date | null;
  readonly scheduleId?: string | null;
  readonly requestHash: string;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
}

export type CreateCampaignOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'repeat'; readonly campaignId: string }
  | { readonly kind: 'key_reused'; readonly campaignId: string };

/** What a verb did. `repeated`: it held already. `refused`: not in this state (409 `campaign_state`). */
export type VerbOutcome = 'done' | 'repeated' | 'refused' | 'missing';

/** Campaigns and their items in Postgres. Counts are kept in the same transaction as the items' states. */
export interface CampaignStore {
  /** Stores campaign, items and the campaign's account (its budget) in one transaction; items come as a stream and are inserted in batches. */
  create(
    campaign: NewCampaign,
    items: AsyncIterable<readonly NewCampaignItem[]> | Iterable<readonly NewCampaignItem[]>,
  ): Promise<CreateCampaignOutcome>;
  findByIdempotencyKey(
    teamId: number,
    route: string,
    key: string,
  ): Promise<{ readonly campaignId: string; readonly requestHash: string } | null>;
  /** `teamId` null: any team's. */
  get(id: string, teamId: number | null): Promise<Campaign | null>;
  /** The newest first, without batches. */
  list(filter: {
    /** null: of all teams. */
    readonly teamId: number | null;
    readonly status?: CampaignStatus;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<Campaign>>;
  /** How long tasks of each model took of late, from start to end; models without recent tasks are left out. */
  usualSeconds(): Promise<ReadonlyMap<string, UsualSeconds>>;
  versions(ids: readonly string[]): Promise<readonly { readonly id: string; readonly version: number; readonly status: CampaignStatus }[]>;
  /** In order of submission; `after` is a key. @throws AppError `invalid_value` for an unknown `after` */
  items(filter: ItemFilter): Promise<Page<CampaignItemSummary>>;
  /** One with its input; null: there is none. */
  item(campaignId: string, index: number): Promise<CampaignItem | null>;
  /** Why items failed: by code of the error, the most frequent first. */
  failures(campaignId: string): Promise<readonly CampaignFailure[]>;
  /** How fast items have ended of late; null: fewer than two have in the last five minutes. */
  pace(campaignId: string): Promise<{ readonly perMinute: number } | null>;

  /**
   * What an item asks for is another request from now on, and counts as such in what the campaign is expected to cost. Of one that waits in a campaign
   * that does not run, or that failed or was cancelled in one that is not being cancelled. `missing`: the item is not as it was read any more.
   */
  edit(id: string, item: CampaignItem, edit: ItemEdit): Promise<VerbOutcome>;
  start(id: string): Promise<VerbOutcome>;
  pause(id: string, reason: string | null): Promise<VerbOutcome>;
  resume(id: string): Promise<VerbOutcome>;
  /** Items not started become `cancelled` at once; running ones are the workflow's to end. */
  cancel(id: string): Promise<VerbOutcome>;
  /** Name, concurrency, budget. A raised budget takes a `budget_exhausted` campaign back to `running`. `maxCostMicroUsd` undefined: unchanged. */
  change(
    id: string,
    change: {
      readonly name?: string | null;
      readonly concurrency?: number;
      readonly maxCostMicroUsd?: MicroUsd | null;
      /** Of a `scheduled` one. */
      readonly startAt?: Date;
    },
  ): Promise<VerbOutcome>;
  /**
   * Failed items, or named ones that failed or were cancelled, back to `queued`, the campaign to `running`.
   * @throws AppError `invalid_value` naming a key that is unknown or succeeded, `campaign_state` when the inputs outlived the retention
   */
  retry(id: string, items: RetryChoice): Promise<VerbOutcome>;
}

/** What is different of an item that was edited. */
export type ItemEdit = Pick<NewCampaignItem, 'boundMicroUsd' | 'input' | 'model' | 'requestHash'>;

/** How long tasks of a model take, in seconds: half of them, and nine of ten, no longer. */
export interface UsualSeconds {
  readonly p50: number;
  readonly p90: number;
}

/** All failed items, those that failed with a code, or named ones. */
export type RetryChoice = 'failed' | { readonly errorCode: string } | readonly string[];

export interface ItemFilter {
  readonly campaignId: string;
  readonly status?: ItemStatus | undefined;
  readonly errorCode?: string | undefined;
  /** In the key, in either case. */
  readonly q?: string | undefined;
  /** Key of the last item of the page before. */
  readonly after?: string | undefined;
  /** The first position; `after` goes before it. */
  readonly fromIndex?: number | undefined;
  readonly limit: number;
}

/** Items of a campaign that failed with one code. */
export interface CampaignFailure {
  readonly code: string;
  readonly count: number;
  /** Of the first five. */
  readonly sampleKeys: readonly string[];
  /** The same may succeed another time. */
  readonly isRetryable: boolean;
}

/** An item whose turn has come, as a task. */
export interface ItemStart {
  readonly index: number;
  /** Tries the item had when it was read; a start that finds another number does nothing. */
  readonly tries: number;
  readonly admission: Admission;
}

/** What became of a group of starts. */
export interface StartOutcome {
  /**
   * `going`: all that have a place were started. `waiting`: the next does not fit the campaign's budget until a running one has ended.
   * `exhausted`, `paused`: the campaign's status says so now. `stopped`: it is not running.
   */
  readonly state: 'going' | 'waiting' | 'exhausted' | 'paused' | 'stopped';
  /** Indexes of the items that run now: their tasks are admitted. */
  readonly started: readonly number[];
  /** Items whose external id belongs to another task. */
  readonly clashed: readonly { readonly index: number; readonly taskId: string }[];
}

/** What the workflow of a campaign does with its rows. */
export interface CampaignWork {
  /** The next items to start, in order, up to the free places of the window (concurrency − running). Empty when not running. */
  nextItems(id: string, limit: number): Promise<readonly CampaignItem[]>;
  /**
   * Admits the tasks of items, in order, as far as window, budget and quotas allow: reservation, task, item and counts in one transaction.
   * What does not fit the campaign's own budget when nothing runs makes it `budget_exhausted`, with its event; what does not fit another
   * account pauses it with `insufficient_quota`.
   */
  startItems(id: string, starts: readonly ItemStart[]): Promise<StartOutcome>;
  /** Items that cannot be started end as `failed`; those not queued any more stay as they are. */
  failItems(id: string, items: readonly { readonly index: number; readonly error: TaskError }[]): Promise<void>;
  /** Tasks of the running items. */
  runningTasks(id: string): Promise<readonly string[]>;
  /** Notes that the campaign is being looked at, takes over ends of tasks that the settlement did not, closes it when all items have ended. */
  reconcile(id: string): Promise<Campaign | null>;
  /** Which requests that belong to no campaign came in within the last `withinMs`. */
  recentSingles(withinMs: number): Promise<'none' | 'text' | 'media'>;
  /** Starts `scheduled` campaigns whose time has come; answers which. */
  startDue(limit: number): Promise<readonly string[]>;
  /** Running campaigns that nobody has looked at for `olderThanMs`: their workflow may be gone. */
  findActive(olderThanMs: number, limit: number, after: string | null): Promise<readonly string[]>;
}
