import type { CampaignItem, ItemEdit, VerbOutcome } from '../../../domain/campaign/campaign';
import type { Sql } from '../connection/pool';
import { refuseGone } from './retry';
import type { LockedCampaign } from './row';

// As if it had been tried: a start that was prepared with the old input does nothing, and its purchase has another key at the provider.
const EDIT = `
  with edited as (
    update campaign_items i set input = $4::json, model = $5, bound = $6, request_hash = $7, tries = tries + 1
    from (select bound from campaign_items where campaign_id = $1 and index = $2) as before
    where campaign_id = $1 and index = $2 and tries = $3 and status = $8 returning i.bound - before.bound as more)
  update campaigns set version = version + 1, estimated = estimated + edited.more from edited where id = $1 returning id`;

/** `CampaignStore.edit`, with the campaign's row locked. @throws AppError `campaign_state` when the inputs were removed */
export async function editItem(sql: Sql, campaign: LockedCampaign, item: CampaignItem, edit: ItemEdit): Promise<VerbOutcome> {
  const { id, status, cancel_requested: isCancelled } = campaign;
  if (isCancelled && status !== 'cancelled') return 'refused';
  const isWaiting = item.status === 'queued' && status !== 'running';
  if (!isWaiting && item.status !== 'failed' && item.status !== 'cancelled') return 'refused';
  await refuseGone(sql, id);
  const { index, tries } = item;
  const changed = await sql.query(EDIT, [
    id,
    index,
    tries,
    JSON.stringify(edit.input),
    edit.model,
    String(edit.boundMicroUsd),
    edit.requestHash,
    item.status,
  ]);
  return changed.length > 0 ? 'done' : 'missing';
}
