import type { Caller, Modality } from './catalogue';
import type { GenerationInput } from './generation';
import type { MicroUsd } from './money';
import type { Page } from './stores';
import type { Asset, TaskError } from './task';

/** Where a campaign is; contract.md "Campaigns". `cancelling` is shown as `running` until nothing runs any more. */
export type CampaignStatus = 'draft' | 'running' | 'paused' | 'budget_exhausted' | 'completed' | 'cancelled';

/** Where an item is. `queued`: not started, or waiting for its turn again. */
export type ItemStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

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
  /** Rises with every change of the campaign or its counts; ETag and event id. */
  readonly version: number;
  readonly teamId: number;
  readonly teamName: string;
  /** The caller its items are admitted as. */
  readonly caller: Caller;
  readonly name: string | null;
  readonly status: CampaignStatus;
  readonly statusReason: string | null;
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
  /** Upper bound of its price at submission. */
  readonly boundMicroUsd: MicroUsd;
  readonly requestHash: string;
}

export interface CampaignItem extends NewCampaignItem {
  readonly status: ItemStatus;
  /** The task of the latest try; null before the first. */
  readonly taskId: string | null;
  /** Tries begun so far; the task id of try n is derived from it. */
  readonly tries: number;
  readonly error: TaskError | null;
  readonly outputs: readonly Asset[];
}

export interface NewCampaign {
  readonly id: string;
  readonly caller: Caller;
  readonly name: string | null;
  readonly concurrency: number;
  readonly maxCostMicroUsd: MicroUsd | null;
  readonly callbackUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** False: stays a draft until started. */
  readonly start: boolean;
  readonly requestHash: string;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
}

export type CreateCampaignOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'twin'; readonly campaignId: string }
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
  list(filter: {
    readonly teamId: number;
    readonly status?: CampaignStatus;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<Campaign>>;
  versions(ids: readonly string[]): Promise<readonly { readonly id: string; readonly version: number; readonly status: CampaignStatus }[]>;
  /** In order of submission; `after` is a key. @throws AppError `invalid_value` for an unknown `after` */
  items(filter: {
    readonly campaignId: string;
    readonly status?: ItemStatus;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<CampaignItem>>;

  start(id: string): Promise<VerbOutcome>;
  pause(id: string, reason: string | null): Promise<VerbOutcome>;
  resume(id: string): Promise<VerbOutcome>;
  /** Items not started become `cancelled` at once; running ones are the workflow's to end. */
  cancel(id: string): Promise<VerbOutcome>;
  /** Name, concurrency, budget. A raised budget takes a `budget_exhausted` campaign back to `running`. `maxCostMicroUsd` undefined: unchanged. */
  change(
    id: string,
    change: { readonly name?: string | null; readonly concurrency?: number; readonly maxCostMicroUsd?: MicroUsd | null },
  ): Promise<VerbOutcome>;
  /** Failed or cancelled items back to `queued`, the campaign to `running`. @throws AppError `invalid_value` naming a key that is unknown or did not fail */
  retry(id: string, items: 'failed' | readonly string[]): Promise<VerbOutcome>;

  /** The next items to start, in order, up to the free places of the window (concurrency − running). Empty when not running. */
  nextItems(id: string, limit: number): Promise<readonly CampaignItem[]>;
  /** An item's task was admitted (`running`). Repeating changes nothing. */
  markStarted(id: string, index: number, taskId: string): Promise<void>;
  /** The reservation did not fit the campaign's own budget and nothing runs: `budget_exhausted`, with its event. */
  markBudgetExhausted(id: string): Promise<void>;
  /** Takes over the ends of items' tasks (also those the settlement already took over); closes the campaign when all items have ended. */
  reconcile(id: string): Promise<Campaign>;
  /** Campaigns that are running or being cancelled but whose workflow may be gone. */
  findActive(limit: number): Promise<readonly string[]>;
}
