import type { CampaignStatus, CampaignStore, VerbOutcome } from '../../../domain/campaign/campaign';
import type { Sql, SqlPool } from '../connection/pool';
import { storableOrNull } from '../tasks/parameters';
import { editItem } from './edit';
import { retryItems } from './retry';
import type { LockedCampaign } from './row';

const LOCK = 'select id, account_id, status, cancel_requested from campaigns where id = $1 for update';
// Accounts come before campaigns in the order of locks.
const LOCK_ACCOUNT = `select a.id from accounts a where a.id = (select account_id from campaigns where id = $1) for update`;

const START = `update campaigns set version = version + 1, status = 'running', started_at = now() where id = $1`;
const PAUSE = `update campaigns set version = version + 1, status = 'paused', status_reason = $2 where id = $1`;
const RESUME = `
  update campaigns set version = version + 1, status = 'running', status_reason = null, trial = case when status_reason = 'trial' then null else trial end
  where id = $1`;

const CANCEL_ITEMS = `update campaign_items set status = 'cancelled' where campaign_id = $1 and status = 'queued'`;
const CANCEL = `
  update campaigns set version = version + 1, cancelled = cancelled + queued, queued = 0, status = 'running', status_reason = null,
                       cancel_requested = true, trial = null
  where id = $1`;

const CHANGE = `
  update campaigns set version = version + 1, name = case when $2 then $3 else name end, concurrency = coalesce($4, concurrency),
                       start_at = coalesce($5, start_at)
  where id = $1 and ((case when $2 then $3 else name end), coalesce($4, concurrency), coalesce($5, start_at)) is distinct from (name, concurrency, start_at)
  returning id`;
const LIMIT = 'select set_account_limit(kind, team_id, key, $2) from accounts where id = $1';
const TOUCH = 'update campaigns set version = version + 1 where id = $1';
/** The next item fits the campaign's own budget. */
const HAS_ROOM = `
  select 1 from accounts a where a.id = $2 and (not a.limited or a.granted - a.spent - a.held >= (
    select i.bound from campaign_items i where i.campaign_id = $1 and i.status = 'queued' order by i.index limit 1))`;

/** Cancels what is not started of a campaign whose row is locked; what runs is its workflow's to end. */
export async function cancelCampaign(sql: Sql, id: string): Promise<void> {
  await sql.query(CANCEL_ITEMS, [id]);
  await sql.query(CANCEL, [id]);
  await sql.query('select close_campaign($1)', [id]);
}

const ENDED: readonly CampaignStatus[] = ['completed', 'cancelled'];

/** The changing half of `CampaignStore`: each verb decides and acts with the campaign's row locked. */
export function createCampaignVerbs(
  pool: SqlPool,
): Pick<CampaignStore, 'start' | 'pause' | 'resume' | 'cancel' | 'change' | 'edit' | 'retry'> {
  function verb(id: string, act: (sql: Sql, campaign: LockedCampaign) => Promise<VerbOutcome>, first?: string): Promise<VerbOutcome> {
    return pool.transaction(async (sql) => {
      if (first !== undefined) await sql.query(first, [id]);
      const [campaign] = await sql.query<LockedCampaign>(LOCK, [id]);
      if (campaign === undefined) return 'missing';
      const outcome = await act(sql, campaign);
      // Ends it when there is nothing left to do, and tells who listens.
      if (outcome === 'done') await sql.query('select close_campaign($1)', [id]);
      return outcome;
    });
  }

  return {
    start: (id) =>
      verb(id, async (sql, { status }) => {
        if (status !== 'draft' && status !== 'scheduled') return 'refused';
        await sql.query(START, [id]);
        return 'done';
      }),
    pause: (id, reason) =>
      verb(id, async (sql, { status, cancel_requested: isEnding }) => {
        if (status === 'paused') return 'repeated';
        if (status !== 'running' || isEnding) return 'refused';
        await sql.query(PAUSE, [id, storableOrNull(reason)]);
        return 'done';
      }),
    resume: (id) =>
      verb(id, async (sql, campaign) => {
        if (campaign.cancel_requested) return 'refused';
        if (campaign.status === 'running') return 'repeated';
        if (campaign.status !== 'paused' && !(campaign.status === 'budget_exhausted' && (await hasRoom(sql, campaign)))) return 'refused';
        await sql.query(RESUME, [id]);
        return 'done';
      }),
    cancel: (id) =>
      verb(id, async (sql, { status, cancel_requested: isEnding }) => {
        if (isEnding || status === 'cancelled') return 'repeated';
        if (status === 'completed') return 'refused';
        await sql.query(CANCEL_ITEMS, [id]);
        await sql.query(CANCEL, [id]);
        return 'done';
      }),
    change: (id, change) =>
      verb(
        id,
        async (sql, campaign) => {
          if (ENDED.includes(campaign.status) || (change.startAt !== undefined && campaign.status !== 'scheduled')) return 'refused';
          const changed = await sql.query(CHANGE, [
            id,
            change.name !== undefined,
            storableOrNull(change.name ?? null),
            change.concurrency ?? null,
            change.startAt ?? null,
          ]);
          let hasChanged = changed.length > 0;
          if (change.maxCostMicroUsd !== undefined) {
            await sql.query(LIMIT, [campaign.account_id, change.maxCostMicroUsd]);
            await sql.query(TOUCH, [id]);
            hasChanged = true;
            if (campaign.status === 'budget_exhausted' && (await hasRoom(sql, campaign))) await sql.query(RESUME, [id]);
          }
          return hasChanged ? 'done' : 'repeated';
        },
        LOCK_ACCOUNT,
      ),
    edit: (id, item, edit) => verb(id, (sql, campaign) => editItem(sql, campaign, item, edit)),
    retry: (id, items) => verb(id, (sql, campaign) => retryItems(sql, campaign, items)),
  };
}

async function hasRoom(sql: Sql, { id, account_id: accountId }: LockedCampaign): Promise<boolean> {
  return (await sql.query(HAS_ROOM, [id, accountId])).length > 0;
}
