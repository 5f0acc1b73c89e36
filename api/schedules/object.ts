import type { Schedule } from '../../domain/campaign/schedule';
import { formatUsd } from '../../domain/money/money';
import { taskErrorObject } from '../../domain/task/object';

/**
 * A schedule as users see it.
 * @param next - its next time; null: not known now
 */
export function scheduleObject(schedule: Schedule, next: Date | null, baseUrl: string) {
  const { campaign } = schedule;
  return {
    id: schedule.id,
    object: 'schedule',
    name: campaign.name,
    cron: schedule.cron,
    time_zone: schedule.timeZone,
    catchup_s: schedule.catchupS,
    created_at: schedule.createdAt.toISOString(),
    next_run_at: next?.toISOString() ?? null,
    last_run_at: schedule.firedFor?.toISOString() ?? null,
    last_campaign_id: schedule.campaignId,
    error: schedule.error === null ? null : taskErrorObject(schedule.error),
    campaign: {
      items: schedule.itemCount,
      concurrency: campaign.concurrency,
      cost: { currency: 'USD', estimated: formatUsd(schedule.estimatedMicroUsd) },
      budget: campaign.maxCostMicroUsd === null ? null : { max_cost_usd: formatUsd(campaign.maxCostMicroUsd) },
      callback_url: campaign.callbackUrl,
      metadata: campaign.metadata,
    },
    links: { self: `${baseUrl}/v1/schedules/${schedule.id}` },
  };
}
