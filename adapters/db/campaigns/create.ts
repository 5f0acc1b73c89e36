import type { CampaignStore, CreateCampaignOutcome, NewCampaign, NewCampaignItem } from '../../../domain/campaign/campaign';
import { AppError } from '../../../domain/errors';
import type { Sql, SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { storable, storableJson, storableOrNull } from '../tasks/parameters';
import { rememberKey } from './idempotency';

/** Rows of one insert. */
const BATCH = 500;

const CAMPAIGN = `
  insert into campaigns (id, team_id, team_name, credential_id, credential_name, credential_class, credential_models, account_id, name, status,
                         started_at, concurrency, callback_url, metadata, kind, trial, start_at, schedule_id)
  values ($1, $2, $3, $4, $5, $6, $7, set_account_limit('campaign', $2, $1, $8), $9,
          case when not $10 then 'draft' when $16::timestamptz is null then 'running' else 'scheduled' end,
          case when $10 and $16::timestamptz is null then now() end, $11, $12, $13::json, $14, $15, $16, $17)`;

// Inputs travel apart: json_to_recordset would refuse escapes that json keeps.
const ITEMS = `
  insert into campaign_items (campaign_id, index, key, type, model, external_id, metadata, finish_within_s, max_cost, bound, request_hash, routing, answer, template, input)
  select $1, g.* from rows from (
    json_to_recordset($2::json) as (index int, key text, type text, model text, external_id text, metadata json, finish_within_s float8,
                                    max_cost bigint, bound bigint, request_hash text, routing json, answer json, template json),
    json_array_elements($3::json)
  ) as g`;

const TOTALS = `
  update campaigns set total = sums.items, queued = sums.items, estimated = sums.bound
  from (select count(*)::int as items, coalesce(sum(bound), 0)::bigint as bound from campaign_items where campaign_id = $1) as sums
  where id = $1`;

function rowOf(item: NewCampaignItem) {
  return {
    index: item.index,
    key: item.key,
    type: item.type,
    model: item.model,
    external_id: item.externalId,
    metadata: item.metadata,
    finish_within_s: item.finishWithinS,
    max_cost: item.maxCostMicroUsd === null ? null : String(item.maxCostMicroUsd),
    bound: String(item.boundMicroUsd),
    request_hash: item.requestHash,
    routing: item.routing ?? null,
    answer: item.answer ?? null,
    template: item.template ?? null,
  };
}

async function insertItems(sql: Sql, campaignId: string, items: readonly NewCampaignItem[]): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH) {
    const batch = items.slice(start, start + BATCH);
    await sql.named('insert_campaign_items', ITEMS, [
      campaignId,
      storableJson(batch.map(rowOf)),
      JSON.stringify(batch.map((item) => item.input)),
    ]);
  }
}

/** Stores the items of a campaign that has none, and its totals. */
export async function storeItems(sql: Sql, campaignId: string, items: Parameters<CampaignStore['create']>[1]): Promise<void> {
  for await (const batch of items) await insertItems(sql, campaignId, batch);
  await sql.query(TOTALS, [campaignId]);
}

/** `CampaignStore.create` */
export function createCampaignCreation(pool: SqlPool): CampaignStore['create'] {
  return async (campaign, items) => {
    let isFirst = true;
    try {
      return await pool.transaction(async (sql) => {
        // The items are a stream: what was read from it cannot be read again.
        if (!isFirst) throw new AppError('service_unavailable', 'The campaign could not be stored. Nothing was kept; send it again.');
        isFirst = false;
        return storeCampaign(sql, campaign, items);
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('invalid_campaign_items', 'Two items have the same key or index. Nothing was stored.', {}, error);
    }
  };
}

/** Stores a campaign with its items, or finds the one of its idempotency key, within a transaction. */
export async function storeCampaign(
  sql: Sql,
  campaign: NewCampaign,
  items: Parameters<CampaignStore['create']>[1],
): Promise<CreateCampaignOutcome> {
  const { id, caller } = campaign;
  const earlier = await rememberKey(sql, campaign);
  if (earlier !== null) return { kind: earlier.kind, campaignId: earlier.earlierId };
  await sql.query(CAMPAIGN, [
    id,
    caller.teamId,
    caller.teamName,
    caller.credentialId,
    caller.credentialName,
    caller.credentialClass,
    caller.models,
    campaign.maxCostMicroUsd,
    storableOrNull(campaign.name),
    campaign.start,
    campaign.concurrency,
    storableOrNull(campaign.callbackUrl),
    storable(JSON.stringify(campaign.metadata)),
    campaign.kind ?? 'campaign',
    campaign.trial ?? null,
    campaign.startAt ?? null,
    campaign.scheduleId ?? null,
  ]);
  await storeItems(sql, id, items);
  // One without items has nothing left to do.
  if (campaign.start) await sql.query('select close_campaign($1)', [id]);
  return { kind: 'created' };
}
