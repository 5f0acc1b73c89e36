import type { CampaignWork, StartOutcome } from '../../../domain/campaign/campaign';
import type { SqlPool } from '../connection/pool';
import { memberOf } from '../tasks/admit';
import type { TaskContents } from '../tasks/contents';
import { storableJson } from '../tasks/parameters';
import { campaignOf, ITEM_COLUMNS, itemOf, SELECT_CAMPAIGN } from './row';
import type { CampaignRow, ItemRow } from './row';

/** Items come until their inputs have this many bytes together, the first one always. */
const MOST_NEXT_BYTES = 8 * 1024 * 1024;
const NEXT = `
  select ${ITEM_COLUMNS}, i.input from (
    select queued.*, sum(octet_length(queued.input::text)) over (order by queued.index) - octet_length(queued.input::text) as bytes_before
    from (
      select * from campaign_items where campaign_id = $1 and status = 'queued'
        and index <= coalesce((select trial from campaigns where id = $1), 2147483647) order by index
      limit coalesce((select least($2::int, greatest(c.concurrency - c.running, 0)) from campaigns c
                      where c.id = $1 and c.status = 'running' and not c.cancel_requested), 0)
    ) as queued
  ) as i where i.bytes_before < $3 order by i.index`;

const START = 'select outcome, started, clashed, clashed_with from start_campaign_items($1, $2::int[], $3::int[], $4::json, $5::json)';
const FAIL = `
  with failing as (
    select index, error from json_to_recordset($2::json) as g(index int, error json)
  ), failed as (
    update campaign_items i set status = 'failed', error = failing.error from failing
    where i.campaign_id = $1 and i.index = failing.index and i.status = 'queued' returning i.index
  ), moved as (select count(*)::int as items from failed)
  update campaigns set version = version + 1, queued = queued - moved.items, failed = failed + moved.items from moved where id = $1`;

const RUNNING = `select task_id from campaign_items where campaign_id = $1 and status = 'running' and task_id is not null order by index`;
const LOOK = 'update campaigns set looked_at = now() where id = $1';
const MISSED = `
  select array(select i.task_id from campaign_items i join tasks t on t.id = i.task_id
               where i.campaign_id = $1 and i.status = 'running' and t.finished_at is not null) as ids`;
const CLOSE_FINISHED = `select close_campaign(id) from campaigns where id = $1 and queued = 0 and running = 0 and status = 'running' for update`;
// Ids begin with their time, so this reads the newest rows only.
const RECENT = `id >= 'task_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint - $1::bigint), 12, '0') and campaign_id is null`;
const DUE = `
  with due as (select id from campaigns where status = 'scheduled' and start_at <= now() order by start_at limit $1 for update skip locked),
       begun as (
         update campaigns c set version = version + 1, status = 'running', started_at = now() from due where c.id = due.id returning c.id
       )
  select id, pg_notify('atelier_task', id)::text from begun`;
const SINGLES = `
  select (select id from tasks where ${RECENT} and type <> 'text' order by id desc limit 1) is not null as media,
         (select id from tasks where ${RECENT} order by id desc limit 1) is not null as any`;
const ACTIVE = `
  select id from campaigns where status = 'running' and (looked_at is null or looked_at < now() - $1::bigint * interval '1 millisecond')
    and id > $3 order by id limit $2`;

interface StartRow {
  readonly outcome: StartOutcome['state'];
  readonly started: readonly number[];
  readonly clashed: readonly number[];
  readonly clashed_with: readonly string[];
}

/** What the workflow of a campaign does with its rows. */
export function createCampaignWork(pool: SqlPool, contents: TaskContents): CampaignWork {
  return {
    async nextItems(id, limit) {
      return (await pool.named<ItemRow>('next_campaign_items', NEXT, [id, limit, MOST_NEXT_BYTES])).map(itemOf);
    },
    async startItems(id, starts) {
      const inputs = await Promise.all(starts.map(({ admission: { task } }) => contents.input(task.id, task.input)));
      const values = [
        id,
        starts.map((start) => start.index),
        starts.map((start) => start.tries),
        storableJson(starts.map((start) => memberOf(start.admission, 1))),
        `[${inputs.join(',')}]`,
      ];
      const [row] = await pool.named<StartRow>('start_campaign_items', START, values);
      if (row === undefined) return { state: 'stopped', started: [], clashed: [] };
      const clashed = row.clashed.map((index, place) => ({ index, taskId: row.clashed_with[place] ?? '' }));
      return { state: row.outcome, started: row.started, clashed };
    },
    failItems: (id, items) =>
      pool.transaction(async (sql) => {
        await sql.query('select id from campaigns where id = $1 for update', [id]);
        await sql.query(FAIL, [id, storableJson(items)]);
        await sql.query('select close_campaign($1)', [id]);
      }),
    async runningTasks(id) {
      return (await pool.query<{ task_id: string }>(RUNNING, [id])).map((row) => row.task_id);
    },
    reconcile: (id) =>
      pool.transaction(async (sql) => {
        const [missed] = await sql.query<{ ids: readonly string[] }>(MISSED, [id]);
        if (missed !== undefined && missed.ids.length > 0) await sql.query('select end_campaign_items($1)', [missed.ids]);
        await sql.query(LOOK, [id]);
        await sql.query(CLOSE_FINISHED, [id]);
        const [row] = await sql.query<CampaignRow>(`${SELECT_CAMPAIGN} where c.id = $1`, [id]);
        return row === undefined ? null : campaignOf(row);
      }),
    async recentSingles(withinMs) {
      const [row] = await pool.named<{ media: boolean; any: boolean }>('recent_singles', SINGLES, [withinMs]);
      if (row?.media === true) return 'media';
      return row?.any === true ? 'text' : 'none';
    },
    async startDue(limit) {
      return (await pool.query<{ id: string }>(DUE, [limit])).map((row) => row.id);
    },
    async findActive(olderThanMs, limit, after) {
      return (await pool.query<{ id: string }>(ACTIVE, [olderThanMs, limit, after ?? ''])).map((row) => row.id);
    },
  };
}
