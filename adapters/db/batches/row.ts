import type { Batch, BatchCampaign } from '../../../domain/batch/batch';

/** Selects batches with what their campaigns say of them; to be continued by a condition. */
export const SELECT_BATCH = `
  select b.id, b.campaign_id, b.team_id, b.endpoint, b.input_file_id, b.input_key, b.status, b.ending, b.model, b.wording,
    b.output_expires_after_s, b.faults, b.output_file_id, b.error_file_id, b.usage, b.created_at, b.in_progress_at, b.expires_at,
    b.finalizing_at, b.completed_at, b.failed_at, b.expired_at, b.cancelling_at, b.cancelled_at,
    c.status as campaign_status, c.status_reason, c.total, c.queued, c.running, c.succeeded, c.failed, c.cancelled, c.estimated, c.metadata,
    a.limited, a.granted, a.held, a.spent
  from batches b join campaigns c on c.id = b.campaign_id join accounts a on a.id = c.account_id`;

/** A row of `SELECT_BATCH`. */
export interface BatchRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly team_id: number;
  readonly endpoint: Batch['endpoint'];
  readonly input_file_id: string;
  readonly input_key: string;
  readonly status: Batch['status'];
  readonly ending: Batch['ending'];
  readonly model: string | null;
  readonly wording: Batch['wording'];
  readonly output_expires_after_s: number | null;
  readonly faults: Batch['faults'];
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly usage: Batch['usage'];
  readonly created_at: Date;
  readonly in_progress_at: Date | null;
  readonly expires_at: Date;
  readonly finalizing_at: Date | null;
  readonly completed_at: Date | null;
  readonly failed_at: Date | null;
  readonly expired_at: Date | null;
  readonly cancelling_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly campaign_status: BatchCampaign['status'];
  readonly status_reason: string | null;
  readonly total: number;
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly estimated: bigint;
  readonly metadata: BatchCampaign['metadata'];
  readonly limited: boolean;
  readonly granted: bigint;
  readonly held: bigint;
  readonly spent: bigint;
}

export function batchOf(row: BatchRow): Batch {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    teamId: row.team_id,
    endpoint: row.endpoint,
    inputFileId: row.input_file_id,
    inputKey: row.input_key,
    status: row.status,
    ending: row.ending,
    model: row.model,
    wording: row.wording,
    outputExpiresAfterS: row.output_expires_after_s,
    faults: row.faults,
    outputFileId: row.output_file_id,
    errorFileId: row.error_file_id,
    usage: row.usage,
    createdAt: row.created_at,
    inProgressAt: row.in_progress_at,
    expiresAt: row.expires_at,
    finalizingAt: row.finalizing_at,
    completedAt: row.completed_at,
    failedAt: row.failed_at,
    expiredAt: row.expired_at,
    cancellingAt: row.cancelling_at,
    cancelledAt: row.cancelled_at,
    campaign: campaignPart(row),
  };
}

function campaignPart(row: BatchRow): BatchCampaign {
  const { total, queued, running, succeeded, failed, cancelled } = row;
  return {
    status: row.campaign_status,
    statusReason: row.status_reason,
    counts: { total, queued, running, succeeded, failed, cancelled },
    estimatedMicroUsd: row.estimated,
    reservedMicroUsd: row.held,
    actualMicroUsd: row.spent,
    maxCostMicroUsd: row.limited ? row.granted : null,
    metadata: row.metadata,
  };
}
