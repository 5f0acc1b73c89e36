import type { Batch } from '../../domain/batch/batch';
import { AppError } from '../../domain/errors';
import type { BatchDeps } from './deps';

/** `rest`: nothing is left to do until the batch's campaign ends. `more`: the next step may follow at once. */
export type BatchStep = 'more' | 'rest';

/**
 * Takes the step that the batch's row asks for. A step that was cut off anywhere is taken again from its beginning, and decides by the row
 * whether it still may: nothing happens twice.
 */
export async function advanceBatch(deps: BatchDeps, batchId: string): Promise<BatchStep> {
  const batch = await deps.batches.get(batchId, null);
  if (batch === null) return 'rest';
  const isOver = deps.now() >= batch.expiresAt && batch.ending === null;
  if (isOver && (batch.status === 'validating' || batch.status === 'in_progress')) {
    await deps.batches.expire(batchId);
    await wakeCampaign(deps, batch);
    return 'more';
  }
  if (batch.status === 'validating') return validate(deps, batch);
  const isWaiting = batch.campaign.counts.queued + batch.campaign.counts.running > 0;
  if (batch.status === 'finalizing' || (batch.status === 'cancelling' && !isWaiting)) {
    const { files, usage } = await deps.lines.write(batch, deps.stopping);
    await deps.batches.finish(batchId, files, usage);
    deps.logger.info({ batch_id: batchId, ending: batch.ending, lines: batch.campaign.counts.total }, 'a batch has ended');
  }
  return 'rest';
}

async function validate(deps: BatchDeps, batch: Batch): Promise<BatchStep> {
  const campaign = await deps.campaigns.get(batch.campaignId, batch.teamId);
  if (campaign === null) throw new AppError('internal', `The batch ${batch.id} has no campaign.`);
  const checked = await deps.lines.check(batch, campaign.caller, deps.stopping);
  if (!('items' in checked)) {
    await deps.batches.fail(batch.id, checked);
    return 'rest';
  }
  try {
    await checked.keepMedia();
    const hasBegun = await deps.batches.begin(batch.id, checked.items());
    if (!hasBegun) return 'more';
  } finally {
    await checked.discard();
  }
  await wakeCampaign(deps, batch);
  return 'rest';
}

async function wakeCampaign(deps: BatchDeps, { campaignId }: Batch): Promise<void> {
  await deps.runner.wakeCampaign(campaignId).catch((error: unknown) => {
    deps.logger.warn({ err: error, campaign_id: campaignId }, 'the campaign of a batch could not be woken now; the sweeper will wake it');
  });
}
