import type { Caller, ImagesDefault } from '../access/caller';
import type { CampaignCounts, CampaignStatus, NewCampaignItem } from '../campaign/campaign';
import type { NewFile } from '../file/file';
import type { MicroUsd } from '../money/money';
import type { Page } from '../task/store';

/** What the lines of a batch may ask for; all lines of one batch ask for the same. */
export const BATCH_ENDPOINTS = ['/v1/chat/completions', '/v1/responses', '/v1/embeddings', '/v1/images/generations', '/v1/videos'] as const;
export type BatchEndpoint = (typeof BATCH_ENDPOINTS)[number];

export const BATCH_STATUSES = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** How a batch ends that has run: all its lines have ended, or its time was over, or its owner ended it. */
export type BatchEnding = 'completed' | 'expired' | 'cancelled';

/** Why a batch was not begun. `line` counts from 1, blank lines included; null: the file as a whole. */
export interface BatchFault {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly line: number | null;
}

/** Tokens of all lines, as their providers reported them. */
export interface BatchUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** How the answers of lines are worded: what the request that made the batch would have got. */
export interface BatchWording {
  readonly images: ImagesDefault;
  /** Where users reach the api, for links; without a trailing slash. */
  readonly baseUrl: string;
}

/**
 * A batch as stored. It is a campaign (`camp_` and its digits): the lines are the items, and counts, budget and costs are the campaign's.
 * Ids: `batch_` + 32 hex digits.
 */
export interface Batch {
  readonly id: string;
  readonly campaignId: string;
  readonly teamId: number;
  readonly endpoint: BatchEndpoint;
  readonly inputFileId: string;
  /** Of the input file's object. */
  readonly inputKey: string;
  readonly status: BatchStatus;
  /** null: it has not been decided. */
  readonly ending: BatchEnding | null;
  /** Of all lines; null: not known yet, or they name several. */
  readonly model: string | null;
  readonly wording: BatchWording;
  readonly outputExpiresAfterS: number | null;
  readonly faults: readonly BatchFault[] | null;
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
  readonly usage: BatchUsage | null;
  readonly createdAt: Date;
  readonly inProgressAt: Date | null;
  /** The end of its completion window. */
  readonly expiresAt: Date;
  readonly finalizingAt: Date | null;
  readonly completedAt: Date | null;
  readonly failedAt: Date | null;
  readonly expiredAt: Date | null;
  readonly cancellingAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly campaign: BatchCampaign;
}

/** What the campaign of a batch says of it. */
export interface BatchCampaign {
  readonly status: CampaignStatus;
  readonly statusReason: string | null;
  readonly counts: CampaignCounts;
  readonly estimatedMicroUsd: MicroUsd;
  readonly reservedMicroUsd: MicroUsd;
  readonly actualMicroUsd: MicroUsd;
  readonly maxCostMicroUsd: MicroUsd | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface NewBatch {
  readonly id: string;
  readonly caller: Caller;
  readonly endpoint: BatchEndpoint;
  readonly inputFileId: string;
  readonly inputKey: string;
  readonly wording: BatchWording;
  readonly windowS: number;
  readonly outputExpiresAfterS: number | null;
  /** Most lines under way at once, 1 to 500. */
  readonly concurrency: number;
  readonly maxCostMicroUsd: MicroUsd | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly requestHash: string;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
}

export type CreateBatchOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'repeat'; readonly batchId: string }
  | { readonly kind: 'key_reused'; readonly batchId: string };

/** Batches in Postgres, for their owners. */
export interface BatchStore {
  /** Stores the batch, `validating`, with its campaign, a draft without items. */
  create(batch: NewBatch): Promise<CreateBatchOutcome>;
  /** `teamId` null: any team's. */
  get(id: string, teamId: number | null): Promise<Batch | null>;
  /** The newest first. */
  list(filter: { readonly teamId: number | null; readonly after?: string; readonly limit: number }): Promise<Page<Batch>>;
  /** Lines not begun are cancelled at once, those under way are the campaign's to end. `refused`: it has ended otherwise. */
  cancel(id: string): Promise<'done' | 'repeated' | 'refused' | 'missing'>;
}

/** The files that a batch ends with, stored already; null: there was nothing to write. */
export interface BatchFiles {
  readonly output: NewFile | null;
  readonly errors: NewFile | null;
}

/** What the workflow of a batch does with its row. Each step happens once; repeating it changes nothing. */
export interface BatchWork {
  /** The lines become the items of the campaign, which starts. False: the batch is not `validating` any more; nothing was stored. */
  begin(id: string, lines: AsyncIterable<readonly NewCampaignItem[]>): Promise<boolean>;
  /** The file cannot be run: the batch has `failed`. */
  fail(id: string, faults: readonly BatchFault[]): Promise<void>;
  /** The window of a batch that runs is over: what has not ended is cancelled, and it ends as `expired`. */
  expire(id: string): Promise<void>;
  /** The campaign has ended and these are its files: the batch ends, with its event. */
  finish(id: string, files: BatchFiles, usage: BatchUsage | null): Promise<void>;
  /** Batches that wait for their workflow: a page of ids, from behind `after` on. */
  findDue(limit: number, after: string | null): Promise<readonly string[]>;
}

/** The campaign of a batch. */
export function campaignOfBatch(id: string): string {
  return id.replace(/^batch_/, 'camp_');
}

/** The batch of a campaign that is one. */
export function batchOfCampaign(id: string): string {
  return id.replace(/^camp_/, 'batch_');
}

/** True when nothing changes any more. */
export function hasBatchEnded(status: BatchStatus): boolean {
  return status === 'failed' || status === 'completed' || status === 'expired' || status === 'cancelled';
}
