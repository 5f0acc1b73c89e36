import type { CampaignStatus, CampaignStore } from '../../../domain/campaign/campaign';
import { AppError } from '../../../domain/errors';
import type { SqlPool } from '../connection/pool';
import { campaignOf, ITEM_COLUMNS, itemSummaryOf, SELECT_CAMPAIGN } from './row';
import type { CampaignRow, ItemSummaryRow } from './row';

const GET = `${SELECT_CAMPAIGN} where c.id = $1 and ($2::int is null or c.team_id = $2)`;
const LIST = `${SELECT_CAMPAIGN}
  where c.kind = 'campaign' and ($1::int is null or c.team_id = $1) and ($2::text is null or c.status = $2) and ($3::text is null or c.id < $3) order by c.id desc limit $4`;
const VERSIONS = 'select id, version, status from campaigns where id = any($1::text[])';
// Of the newest tasks of all, whatever they are: the read stays short however many there are.
const USUAL = `
  select model, percentile_cont(0.5) within group (order by extract(epoch from finished_at - started_at)) as seconds
  from (select model, status, started_at, finished_at from tasks order by id desc limit 2000) as recent
  where status = 'succeeded' and started_at is not null and model = any($1::text[]) group by model`;
const BY_KEY = 'select task_id, request_hash from idempotency_keys where team_id = $1 and route = $2 and key = $3';
const INDEX_OF = 'select index from campaign_items where campaign_id = $1 and key = $2';
const SELECT_ITEM = `select ${ITEM_COLUMNS} from campaign_items i`;
const ITEMS = `${SELECT_ITEM} where i.campaign_id = $1 and i.index > $2 order by i.index limit $3`;
const ITEMS_BY_STATUS = `${SELECT_ITEM} where i.campaign_id = $1 and i.index > $2 and i.status = $4 order by i.index limit $3`;

type Reads = Pick<CampaignStore, 'get' | 'list' | 'usualSeconds' | 'versions' | 'findByIdempotencyKey' | 'items'>;

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
    async usualSeconds(models) {
      const rows = await sql.query<{ model: string; seconds: number }>(USUAL, [models]);
      return new Map(rows.map(({ model, seconds }) => [model, seconds]));
    },
    async versions(ids) {
      const rows = await sql.named<{ id: string; version: bigint; status: CampaignStatus }>('campaign_versions', VERSIONS, [ids]);
      return rows.map((row) => ({ ...row, version: Number(row.version) }));
    },
    async findByIdempotencyKey(teamId, route, key) {
      const [row] = await sql.named<{ task_id: string; request_hash: string }>('campaign_of_key', BY_KEY, [teamId, route, key]);
      return row === undefined ? null : { campaignId: row.task_id, requestHash: row.request_hash };
    },
    async items({ campaignId, status, after, limit }) {
      const from = [campaignId, await indexOf(campaignId, after), limit + 1];
      const rows =
        status === undefined
          ? await sql.query<ItemSummaryRow>(ITEMS, from)
          : await sql.query<ItemSummaryRow>(ITEMS_BY_STATUS, [...from, status]);
      return { data: rows.slice(0, limit).map(itemSummaryOf), hasMore: rows.length > limit };
    },
  };
}
