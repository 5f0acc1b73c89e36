import { campaignOfBatch, type BatchStatus, type BatchWork } from '../../../domain/batch/batch';
import { AppError, isAppError } from '../../../domain/errors';
import { storeItems } from '../campaigns/create';
import { cancelCampaign } from '../campaigns/verbs';
import type { Sql, SqlPool } from '../connection/pool';
import { isUniqueViolation } from '../connection/sqlstate';
import { insertFile } from '../files';
import { jsonOrNull, storableJson } from '../tasks/parameters';

const START = `update campaigns set version = version + 1, status = 'running', started_at = now() where id = $1 and status = 'draft'`;
const BEGIN = `
  update batches set status = 'in_progress', in_progress_at = now(), model = (
    select case when min(model) = max(model) then min(model) end from campaign_items where campaign_id = batches.campaign_id)
  where id = $1`;
const FAIL = `update batches set status = 'failed', failed_at = now(), faults = $2::json where id = $1`;
const EXPIRE = `
  update batches set ending = 'expired', status = case status when 'validating' then 'finalizing' else status end,
    finalizing_at = case status when 'validating' then now() end
  where id = $1`;
const FINISH = `
  update batches set status = ending, output_file_id = $2, error_file_id = $3, usage = $4::json, finalizing_at = coalesce(finalizing_at, now()),
    completed_at = case ending when 'completed' then now() end, expired_at = case ending when 'expired' then now() end,
    cancelled_at = case ending when 'cancelled' then now() end
  where id = $1`;
// One that runs needs no look, unless its time is over or its campaign ended without it.
const DUE = `
  select b.id from batches b join campaigns c on c.id = b.campaign_id
  where b.status in ('validating', 'in_progress', 'finalizing', 'cancelling')
    and (b.status in ('validating', 'finalizing') or c.finished_at is not null or (b.expires_at <= now() and b.ending is null))
    and ($2::text is null or b.id > $2)
  order by b.id limit $1`;

/** The steps of a batch: each decides and acts with the rows of campaign and batch locked. */
export function createBatchWork(pool: SqlPool, lockBatch: (sql: Sql, id: string) => Promise<BatchStatus | null>): BatchWork {
  return {
    async begin(id, lines) {
      let isFirst = true;
      try {
        await pool.transaction(async (sql) => {
          if (!isFirst) throw new AppError('service_unavailable', 'The lines of the batch could not be stored. They are read again.');
          isFirst = false;
          // The items first: the rows that others need are locked for an instant only.
          await storeItems(sql, campaignOfBatch(id), lines);
          if ((await lockBatch(sql, id)) !== 'validating') throw new AppError('conflict', `The batch ${id} is not validating any more.`);
          await sql.query(START, [campaignOfBatch(id)]);
          await sql.query(BEGIN, [id]);
        });
        return true;
      } catch (error) {
        // Cancelled meanwhile, or begun by another process.
        if (isUniqueViolation(error) || (isAppError(error) && error.code === 'conflict')) return false;
        throw error;
      }
    },
    fail: (id, faults) =>
      pool.transaction(async (sql) => {
        if ((await lockBatch(sql, id)) !== 'validating') return;
        await sql.query(FAIL, [id, storableJson(faults)]);
        await cancelCampaign(sql, campaignOfBatch(id));
        await sql.query('select tell_batch($1)', [id]);
      }),
    expire: (id) =>
      pool.transaction(async (sql) => {
        const status = await lockBatch(sql, id);
        if (status !== 'in_progress' && status !== 'validating') return;
        await sql.query(EXPIRE, [id]);
        await cancelCampaign(sql, campaignOfBatch(id));
      }),
    finish: (id, { output, errors }, usage) =>
      pool.transaction(async (sql) => {
        const status = await lockBatch(sql, id);
        if (status !== 'finalizing' && status !== 'cancelling') return;
        for (const file of [output, errors]) if (file !== null) await insertFile(sql, file);
        await sql.query(FINISH, [id, output?.id ?? null, errors?.id ?? null, jsonOrNull(usage)]);
        await sql.query('select tell_batch($1)', [id]);
      }),
    async findDue(limit, after) {
      return (await pool.query<{ id: string }>(DUE, [limit, after])).map((row) => row.id);
    },
  };
}
