import type { CampaignStatus, CampaignStore } from '../../../domain/campaign/campaign';
import { AppError } from '../../../domain/errors';
import type { SqlPool } from '../connection/pool';
import { campaignOf, ITEM_COLUMNS, itemOf, itemSummaryOf, SELECT_CAMPAIGN } from './row';
import type { CampaignRow, ItemRow, ItemSummaryRow } from './row';

const GET = `${SELECT_CAMPAIGN} where c.id = $1 and ($2::int is null or c.team_id = $2)`;
const LIST = `${SELECT_CAMPAIGN}
  where c.kind = 'campaign' and ($1::int is null or c.team_id = $1) and ($2::text is null or c.status = $2) and ($3::text is null or c.id < $3) order by c.id desc limit $4`;
const VERSIONS = 'select id, version, status from campaigns where id = any($1::text[])';
// Of the newest tasks of all, whatever they are: the read stays short however many there are.
const USUAL = `
  select model, percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from finished_at - started_at)::float8) as seconds
  from (select model, status, started_at, finished_at from tasks order by id desc limit 2000) as recent
  where status = 'succeeded' and started_at is not null group by model`;
const BY_KEY = 'select task_id, request_hash from idempotency_keys where team_id = $1 and route = $2 and key = $3';
const INDEX_OF = 'select index from campaign_items where campaign_id = $1 and key = $2';
const SELECT_ITEM = `select ${ITEM_COLUMNS}, (select t.actual from tasks t where t.id = i.task_id) as actual from campaign_items i`;
const ITEMS = `${SELECT_ITEM} where i.campaign_id = $1 and i.index > $2 order by i.index limit $3`;
const ITEMS_FOUND = `${SELECT_ITEM} where i.campaign_id = $1 and i.index > $2 and ($4::text is null or i.status = $4)
    and ($5::text is null or i.error ->> 'code' = $5) and ($6::text is null or strpos(lower(i.key), lower($6)) > 0) order by i.index limit $3`;
const ITEM = `select ${ITEM_COLUMNS}, i.input from campaign_items i where i.campaign_id = $1 and i.index = $2`;
const FAILURES = `
  select error ->> 'code' as code, count(*)::int as count, (array_agg(key order by index))[:5] as keys, bool_or((error ->> 'retryable')::boolean) as retryable
  from campaign_items where campaign_id = $1 and status = 'failed' and error is not null group by 1 order by count(*) desc, 1`;
// Items run in their order, so those that ended last are the last that have ended; however many there are, few are read.
const PACE = `
  select count(*)::int as ended, extract(epoch from now() - min(finished_at))::float8 as seconds from (
    select t.finished_at from (
      select index, task_id from campaign_items where campaign_id = $1 and status in ('succeeded', 'failed') order by index desc limit 500
    ) as i join tasks t on t.id = i.task_id where t.finished_at > now() - interval '5 minutes'
  ) as recent`;

type Reads = Pick<
  CampaignStore,
  'failures' | 'findByIdempotencyKey' | 'get' | 'item' | 'items' | 'list' | 'pace' | 'usualSeconds' | 'versions'
>;

/** The reading half of `CampaignStore`. */
export function createCampaignReads(sql: SqlPool): Reads {
  async function indexOf(campaignId: string, key: string | undefined): Promise<number> {
    if (key === undefined) return 0;
    const [found] = await sql.query<{ index: number }>(INDEX_OF, [campaignId, key]);
    if (found === undefined) {
      throw new AppError('invalid_value', `The campaign has no item with the key ${JSON.stringify(key)}.`, { param: 'after' });
    }
    return found.index;
  }

  return {
    async get(id, teamId) {
      const [row] = await sql.named<CampaignRow>('get_campaign', GET, [id, teamId]);
      return row === undefined ? null : campaignOf(row);
    },
    async list({ teamId, status, after, limit }) {
      const rows = await sql.query<CampaignRow>(LIST, [teamId, status ?? null, after ?? null, limit + 1]);
      return { data: rows.slice(0, limit).map(campaignOf), hasMore: rows.length > limit };
    },
    async usualSeconds() {
      const rows = await sql.query<{ model: string; seconds: readonly [number, number] }>(USUAL);
      return new Map(rows.map(({ model, seconds: [p50, p90] }) => [model, { p50, p90 }]));
    },
    async versions(ids) {
      const rows = await sql.named<{ id: string; version: bigint; status: CampaignStatus }>('campaign_versions', VERSIONS, [ids]);
      return rows.map((row) => ({ ...row, version: Number(row.version) }));
    },
    async findByIdempotencyKey(teamId, route, key) {
      const [row] = await sql.named<{ task_id: string; request_hash: string }>('campaign_of_key', BY_KEY, [teamId, route, key]);
      return row === undefined ? null : { campaignId: row.task_id, requestHash: row.request_hash };
    },
    async items({ campaignId, status, errorCode, q, after, fromIndex, limit }) {
      const before = after === undefined ? (fromIndex ?? 1) - 1 : await indexOf(campaignId, after);
      const from = [campaignId, before, limit + 1];
      const isAll = [status, errorCode, q].every((value) => value === undefined);
      const filters = [status, errorCode, q].map((value) => value ?? null);
      const rows = isAll ? await sql.query<FoundItemRow>(ITEMS, from) : await sql.query<FoundItemRow>(ITEMS_FOUND, [...from, ...filters]);
      return {
        data: rows.slice(0, limit).map((row) => ({ ...itemSummaryOf(row), actualMicroUsd: row.actual })),
        hasMore: rows.length > limit,
      };
    },
    async item(campaignId, index) {
      const [row] = await sql.query<ItemRow>(ITEM, [campaignId, index]);
      return row === undefined ? null : itemOf(row);
    },
    async failures(campaignId) {
      const rows = await sql.query<FailureRow>(FAILURES, [campaignId]);
      return rows.map(({ code, count, keys, retryable }) => ({ code, count, sampleKeys: keys, isRetryable: retryable }));
    },
    async pace(campaignId) {
      const [row] = await sql.query<{ ended: number; seconds: number | null }>(PACE, [campaignId]);
      if (row === undefined || row.ended < 2 || row.seconds === null) return null;
      return { perMinute: (row.ended * 60) / Math.max(1, row.seconds) };
    },
  };
}

interface FoundItemRow extends ItemSummaryRow {
  readonly actual: bigint | null;
}

interface FailureRow {
  readonly code: string;
  readonly count: number;
  readonly keys: readonly string[];
  readonly retryable: boolean;
}
