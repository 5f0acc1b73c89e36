import type { CampaignStatus, ItemStatus, RetryChoice, VerbOutcome } from '../../../domain/campaign/campaign';
import { AppError } from '../../../domain/errors';
import type { Sql } from '../connection/pool';

const NAMED = 'select key, status from campaign_items where campaign_id = $1 and key = any($2::text[])';
const REQUEUE_FAILED = `update campaign_items set status = 'queued', error = null where campaign_id = $1 and status = 'failed'`;
const REQUEUE_OF_CODE = `${REQUEUE_FAILED} and error ->> 'code' = $2`;
const REQUEUE_NAMED = `
  update campaign_items set status = 'queued', error = null
  where campaign_id = $1 and key = any($2::text[]) and status in ('failed', 'cancelled')`;

// The retention counts from the end of the campaign; readers do not wait for the housekeeping.
const INPUTS_GONE = `
  select 1 from campaigns c
  where c.id = $1 and coalesce(c.contents_expired_at, contents_over(c.team_id, c.credential_class, c.finished_at, null, c.id)) is not null`;

/** @throws AppError `campaign_state` when what the items ask for is not there any more */
export async function refuseGone(sql: Sql, campaignId: string): Promise<void> {
  if ((await sql.query(INPUTS_GONE, [campaignId])).length === 0) return;
  throw new AppError(
    'campaign_state',
    "The items cannot be tried again: their inputs outlived the team's retention and were removed. Submit them as a new campaign.",
  );
}

/** Runs `requeue` and moves the counts by what it took back. */
const andCount = (requeue: string): string => `
  with taken as (select index, status from campaign_items where campaign_id = $1 and status in ('failed', 'cancelled')),
       requeued as (${requeue} returning index),
       moved as (
         select count(*)::int as items, count(*) filter (where taken.status = 'failed')::int as failures
         from requeued join taken using (index)
       )
  update campaigns c set version = version + 1, status = 'running', status_reason = null, cancel_requested = false, finished_at = null,
                       started_at = coalesce(started_at, now()),
                       queued = queued + moved.items, failed = failed - moved.failures,
                       cancelled = cancelled - (moved.items - moved.failures)
  from moved where id = $1 and moved.items > 0 returning id`;
const RETRY_FAILED = andCount(REQUEUE_FAILED);
const RETRY_OF_CODE = andCount(REQUEUE_OF_CODE);
const RETRY_NAMED = andCount(REQUEUE_NAMED);

/**
 * `CampaignStore.retry`, with the campaign's row locked.
 * @throws AppError `invalid_value` for a key that is unknown or did not fail, `campaign_state` when the inputs were removed
 */
export async function retryItems(
  sql: Sql,
  campaign: { readonly id: string; readonly status: CampaignStatus; readonly cancel_requested: boolean },
  items: RetryChoice,
): Promise<VerbOutcome> {
  const isEnding = campaign.cancel_requested && campaign.status !== 'cancelled';
  if (campaign.status === 'draft' || isEnding) return 'refused';
  await refuseGone(sql, campaign.id);
  if (items === 'failed') return (await sql.query(RETRY_FAILED, [campaign.id])).length > 0 ? 'done' : 'repeated';
  if ('errorCode' in items) return (await sql.query(RETRY_OF_CODE, [campaign.id, items.errorCode])).length > 0 ? 'done' : 'repeated';
  const named = await sql.query<{ key: string; status: ItemStatus }>(NAMED, [campaign.id, items]);
  const byKey = new Map(named.map((item) => [item.key, item.status]));
  for (const [position, key] of items.entries()) {
    const status = byKey.get(key);
    const param = `items[${String(position)}]`;
    if (status === undefined)
      throw new AppError('invalid_value', `The campaign has no item with the key ${JSON.stringify(key)}.`, { param });
    if (status === 'succeeded') {
      throw new AppError('invalid_value', `The item ${JSON.stringify(key)} succeeded: only failed or cancelled items can be tried again.`, {
        param,
      });
    }
  }
  return (await sql.query(RETRY_NAMED, [campaign.id, items])).length > 0 ? 'done' : 'repeated';
}
