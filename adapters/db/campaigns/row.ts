import type { Campaign, CampaignItem, CampaignItemSummary, CampaignStatus } from '../../../domain/campaign/campaign';
import { ANSWER_DEFAULTS, type Caller } from '../../../domain/access/caller';
import { BOUNDS_COLUMNS, boundsOf, type BoundsRow } from '../catalogue/caller';
import { ASSET_JSON, assetOf } from '../tasks/row';
import type { AssetJson } from '../tasks/row';

/** Rows as the queries of this folder give them, and the domain's objects made of them. */

/** What a verb needs to know of a campaign, with its row locked. */
export interface LockedCampaign {
  readonly id: string;
  readonly account_id: number;
  readonly status: CampaignStatus;
  readonly cancel_requested: boolean;
}

/** All of a campaign, for the table aliases `c` and `a` (its account). */
const COLUMNS = `c.id, c.kind, c.version, c.team_id, c.team_name, c.credential_id, c.credential_name, c.credential_class, c.credential_models, c.name,
  c.status, c.status_reason, c.status_details, c.cancel_requested, c.created_at, c.started_at, c.finished_at, c.total, c.queued, c.running, c.succeeded,
  c.failed, c.cancelled, c.concurrency, c.estimated, c.callback_url, c.metadata, c.trial, c.start_at, c.schedule_id, a.limited, a.granted, a.held, a.spent,
  ${BOUNDS_COLUMNS}`;

/** Selects campaigns, with what binds their keys now; to be continued by a condition. */
export const SELECT_CAMPAIGN = `select ${COLUMNS} from campaigns c join accounts a on a.id = c.account_id
  left join credentials k on k.id = c.credential_id left join teams t on t.id = k.team_id left join projects p on p.id = k.project_id`;

/** An item without its input, for the table alias `i`. */
export const ITEM_COLUMNS = `i.index, i.key, i.status, i.task_id, i.tries, i.error, i.type, i.model, i.external_id, i.metadata,
  i.finish_within_s, i.max_cost, i.bound, i.request_hash, i.routing, i.answer, i.template,
  (select json_agg(${ASSET_JSON} order by o.index) from assets o where o.task_id = i.task_id and o.index is not null) as outputs,
  (select a.delivered -> 'outputs' from attempts a where a.task_id = i.task_id and a.delivered is not null order by a.n desc limit 1) as delivered`;

/** Who asked, as a campaign or a schedule keeps it, with what binds the key now. */
export interface AskerRow extends BoundsRow {
  readonly team_id: number;
  readonly team_name: string;
  readonly credential_id: number;
  readonly credential_name: string;
  readonly credential_class: Caller['credentialClass'];
  readonly credential_models: readonly string[];
}

export interface CampaignRow extends AskerRow {
  readonly id: string;
  readonly kind: Campaign['kind'];
  readonly version: bigint;
  readonly name: string | null;
  readonly status: CampaignStatus;
  readonly status_reason: string | null;
  readonly status_details: Campaign['statusDetails'];
  readonly cancel_requested: boolean;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly total: number;
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly concurrency: number;
  readonly estimated: bigint;
  readonly callback_url: string | null;
  readonly metadata: Campaign['metadata'];
  readonly trial: number | null;
  readonly start_at: Date | null;
  readonly schedule_id: string | null;
  readonly limited: boolean;
  readonly granted: bigint;
  readonly held: bigint;
  readonly spent: bigint;
}

export interface ItemSummaryRow {
  readonly index: number;
  readonly key: string;
  readonly status: CampaignItem['status'];
  readonly task_id: string | null;
  readonly tries: number;
  readonly error: CampaignItem['error'];
  readonly type: CampaignItem['type'];
  readonly model: string;
  readonly external_id: string | null;
  readonly metadata: CampaignItem['metadata'];
  readonly finish_within_s: number | null;
  readonly max_cost: bigint | null;
  readonly bound: bigint;
  readonly request_hash: string;
  readonly routing: NonNullable<CampaignItem['routing']> | null;
  readonly answer: NonNullable<CampaignItem['answer']> | null;
  readonly template: NonNullable<CampaignItem['template']> | null;
  readonly outputs: readonly AssetJson[] | null;
  readonly delivered: CampaignItem['delivered'] | null;
}

export interface ItemRow extends ItemSummaryRow {
  readonly input: CampaignItem['input'];
}

export function callerOf(row: AskerRow): Caller {
  return {
    credentialId: row.credential_id,
    credentialName: row.credential_name,
    credentialClass: row.credential_class,
    teamId: row.team_id,
    teamName: row.team_name,
    models: row.credential_models,
    defaults: ANSWER_DEFAULTS,
    ...boundsOf(row),
    replacedAt: null,
  };
}

export function campaignOf(row: CampaignRow): Campaign {
  return {
    id: row.id,
    kind: row.kind,
    version: Number(row.version),
    teamId: row.team_id,
    teamName: row.team_name,
    caller: callerOf(row),
    name: row.name,
    status: row.status,
    statusReason: row.status_reason,
    // Whatever moves the campaign on clears the reason only.
    statusDetails: row.status_reason === 'insufficient_quota' ? row.status_details : null,
    cancelRequested: row.cancel_requested,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    counts: {
      total: row.total,
      queued: row.queued,
      running: row.running,
      succeeded: row.succeeded,
      failed: row.failed,
      cancelled: row.cancelled,
    },
    concurrency: row.concurrency,
    estimatedMicroUsd: row.estimated,
    reservedMicroUsd: row.held,
    actualMicroUsd: row.spent,
    maxCostMicroUsd: row.limited ? row.granted : null,
    callbackUrl: row.callback_url,
    metadata: row.metadata,
    trial: row.trial,
    startAt: row.start_at,
    scheduleId: row.schedule_id,
  };
}

export function itemOf(row: ItemRow): CampaignItem {
  return { ...itemSummaryOf(row), input: row.input };
}

export function itemSummaryOf(row: ItemSummaryRow): CampaignItemSummary {
  return {
    index: row.index,
    key: row.key,
    status: row.status,
    taskId: row.task_id,
    tries: row.tries,
    error: row.error,
    type: row.type,
    model: row.model,
    externalId: row.external_id,
    metadata: row.metadata,
    finishWithinS: row.finish_within_s,
    maxCostMicroUsd: row.max_cost,
    boundMicroUsd: row.bound,
    requestHash: row.request_hash,
    ...(row.routing === null ? {} : { routing: row.routing }),
    ...(row.answer === null ? {} : { answer: row.answer }),
    ...(row.template === null ? {} : { template: row.template }),
    outputs: (row.outputs ?? []).map(assetOf),
    delivered: row.delivered ?? [],
  };
}
