import {
  batchOfCampaign,
  campaignOfBatch,
  hasBatchEnded,
  type BatchStatus,
  type BatchStore,
  type BatchWork,
} from '../../../domain/batch/batch';
import { storeCampaign } from '../campaigns/create';
import { cancelCampaign } from '../campaigns/verbs';
import type { Sql, SqlPool } from '../connection/pool';
import { storableJson } from '../tasks/parameters';
import { batchOf, SELECT_BATCH, type BatchRow } from './row';
import { createBatchWork } from './work';

const GET = `${SELECT_BATCH} where b.id = $1 and ($2::int is null or b.team_id = $2)`;
const LIST = `${SELECT_BATCH}
  where ($1::int is null or b.team_id = $1) and ($2::text is null or b.id < $2) order by b.id desc limit $3`;
const INSERT = `
  insert into batches (id, campaign_id, team_id, endpoint, input_file_id, input_key, status, wording, output_expires_after_s, expires_at)
  values ($1, $2, $3, $4, $5, $6, 'validating', $7::json, $8, now() + $9::int * interval '1 second')`;
const LOCK_CAMPAIGN = 'select id from campaigns where id = $1 for update';
const LOCK = 'select status from batches where id = $1 for update';
const CANCEL = `update batches set status = 'cancelling', ending = 'cancelled', cancelling_at = now() where id = $1`;

/** Locks a batch, behind its campaign; null: there is none. */
export async function lockBatch(sql: Sql, id: string): Promise<BatchStatus | null> {
  await sql.query(LOCK_CAMPAIGN, [campaignOfBatch(id)]);
  const [row] = await sql.query<{ status: BatchStatus }>(LOCK, [id]);
  return row?.status ?? null;
}

/** Batches in Postgres. */
export function createBatchStore(pool: SqlPool): BatchStore & BatchWork {
  return {
    create: (batch) =>
      pool.transaction(async (sql) => {
        const campaignId = campaignOfBatch(batch.id);
        const { caller, concurrency, maxCostMicroUsd, metadata, requestHash, idempotency } = batch;
        const outcome = await storeCampaign(
          sql,
          {
            ...{ id: campaignId, kind: 'batch', caller, name: null, concurrency, maxCostMicroUsd, callbackUrl: null, metadata },
            ...{ start: false, requestHash, idempotency },
          },
          [],
        );
        if (outcome.kind !== 'created') return { kind: outcome.kind, batchId: batchOfCampaign(outcome.campaignId) };
        await sql.query(INSERT, [
          batch.id,
          campaignId,
          caller.teamId,
          batch.endpoint,
          batch.inputFileId,
          batch.inputKey,
          storableJson(batch.wording),
          batch.outputExpiresAfterS,
          batch.windowS,
        ]);
        return { kind: 'created' };
      }),
    async get(id, teamId) {
      const [row] = await pool.named<BatchRow>('get_batch', GET, [id, teamId]);
      return row === undefined ? null : batchOf(row);
    },
    async list({ teamId, after, limit }) {
      const rows = await pool.query<BatchRow>(LIST, [teamId, after ?? null, limit + 1]);
      return { data: rows.slice(0, limit).map(batchOf), hasMore: rows.length > limit };
    },
    cancel: (id) =>
      pool.transaction(async (sql) => {
        const status = await lockBatch(sql, id);
        if (status === null) return 'missing';
        if (status === 'cancelling' || status === 'cancelled') return 'repeated';
        // Its lines have all ended: what is left is to write them down.
        if (hasBatchEnded(status) || status === 'finalizing') return 'refused';
        await sql.query(CANCEL, [id]);
        await cancelCampaign(sql, campaignOfBatch(id));
        return 'done';
      }),
    ...createBatchWork(pool, lockBatch),
  };
}
