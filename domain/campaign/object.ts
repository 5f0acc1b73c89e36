import type { SignedLink } from '../task/asset-links';
import type { Campaign, CampaignItemSummary } from './campaign';
import { formatUsd } from '../money/money';
import { missingAmong, noticeOf } from '../task/outputs';
import { outputObject, taskErrorObject } from '../task/object';

/**
 * A campaign as users see it. Money in decimal strings of US dollars, times in ISO 8601.
 * @param baseUrl - where users reach the api, without a trailing slash
 * @param pace - of a running one, where it was asked for
 */
export function campaignObject(campaign: Campaign, baseUrl: string, pace: { readonly perMinute: number } | null = null) {
  const self = `${baseUrl}/v1/campaigns/${campaign.id}`;
  const { counts, maxCostMicroUsd } = campaign;
  const ended = counts.succeeded + counts.failed + counts.cancelled;
  return {
    id: campaign.id,
    object: 'campaign',
    name: campaign.name,
    status: campaign.status,
    status_reason: campaign.statusReason,
    ...(campaign.statusDetails === null ? {} : { status_details: campaign.statusDetails }),
    created_at: campaign.createdAt.toISOString(),
    started_at: campaign.startedAt?.toISOString() ?? null,
    finished_at: campaign.finishedAt?.toISOString() ?? null,
    counts: {
      total: counts.total,
      queued: counts.queued,
      running: counts.running,
      succeeded: counts.succeeded,
      failed: counts.failed,
      cancelled: counts.cancelled,
    },
    progress: counts.total === 0 ? 0 : ended / counts.total,
    ...(pace === null ? {} : paceObject(pace, counts.total - ended)),
    concurrency: campaign.concurrency,
    cost: {
      currency: 'USD',
      estimated: formatUsd(campaign.estimatedMicroUsd),
      reserved: formatUsd(campaign.reservedMicroUsd),
      actual: formatUsd(campaign.actualMicroUsd),
    },
    budget: maxCostMicroUsd === null ? null : { max_cost_usd: formatUsd(maxCostMicroUsd) },
    callback_url: campaign.callbackUrl,
    ...(campaign.trial === null ? {} : { trial: campaign.trial }),
    ...(campaign.startAt === null ? {} : { schedule: { start_at: campaign.startAt.toISOString() } }),
    ...(campaign.scheduleId === null ? {} : { schedule_id: campaign.scheduleId }),
    metadata: campaign.metadata,
    links: { self, items: `${self}/items`, events: `${self}/events` },
  };
}

function paceObject({ perMinute }: { readonly perMinute: number }, left: number) {
  return { rate_per_minute: Math.round(perMinute * 10) / 10, eta_s: Math.ceil((left / perMinute) * 60) };
}

/** An item of a campaign as users see it. */
export function campaignItemObject(item: CampaignItemSummary, links: ReadonlyMap<string, SignedLink>) {
  const { actualMicroUsd: actual } = item;
  const first = item.outputs[0];
  return {
    key: item.key,
    index: item.index,
    status: item.status,
    task_id: item.taskId,
    error: item.error === null ? null : taskErrorObject(item.error),
    outputs: item.outputs.map((asset) => outputObject(asset, links.get(asset.id), noticeOf(item.delivered, asset.index))),
    missing_outputs: missingAmong(item.delivered),
    thumbnail_url: first === undefined ? null : (links.get(first.id)?.thumbnailUrl ?? null),
    cost: {
      currency: 'USD',
      estimated: formatUsd(item.boundMicroUsd),
      actual: actual === undefined || actual === null ? null : formatUsd(actual),
    },
  };
}
