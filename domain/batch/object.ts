import { formatUsd } from '../money/money';
import type { Batch } from './batch';

/** OpenAI's batch object, with its budget and cost. Times in unix seconds. */
export function batchObject(batch: Batch) {
  const { campaign, faults, usage } = batch;
  const { counts } = campaign;
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    model: batch.model,
    errors: faults === null ? null : { object: 'list', data: faults },
    input_file_id: batch.inputFileId,
    completion_window: '24h',
    status: batch.status,
    output_file_id: batch.outputFileId,
    error_file_id: batch.errorFileId,
    created_at: seconds(batch.createdAt),
    in_progress_at: secondsOrNull(batch.inProgressAt),
    expires_at: seconds(batch.expiresAt),
    finalizing_at: secondsOrNull(batch.finalizingAt),
    completed_at: secondsOrNull(batch.completedAt),
    failed_at: secondsOrNull(batch.failedAt),
    expired_at: secondsOrNull(batch.expiredAt),
    cancelling_at: secondsOrNull(batch.cancellingAt),
    cancelled_at: secondsOrNull(batch.cancelledAt),
    request_counts: { total: counts.total, completed: counts.succeeded, failed: counts.failed + counts.cancelled },
    usage:
      usage === null
        ? null
        : {
            input_tokens: usage.inputTokens,
            input_tokens_details: { cached_tokens: usage.cachedInputTokens },
            output_tokens: usage.outputTokens,
            output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
            total_tokens: usage.inputTokens + usage.outputTokens,
          },
    metadata: campaign.metadata,
    campaign_id: batch.campaignId,
    status_reason: reasonOf(batch),
    cost: {
      currency: 'USD',
      estimated: formatUsd(campaign.estimatedMicroUsd),
      reserved: formatUsd(campaign.reservedMicroUsd),
      actual: formatUsd(campaign.actualMicroUsd),
    },
    budget: campaign.maxCostMicroUsd === null ? null : { max_cost_usd: formatUsd(campaign.maxCostMicroUsd) },
  };
}

/** Why a batch that is `in_progress` stands still; null: it does not. */
function reasonOf({ status, campaign }: Batch): string | null {
  if (status !== 'in_progress') return null;
  if (campaign.status === 'budget_exhausted') return 'budget_exhausted';
  return campaign.status === 'paused' ? (campaign.statusReason ?? 'paused') : null;
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}

function secondsOrNull(time: Date | null): number | null {
  return time === null ? null : seconds(time);
}
