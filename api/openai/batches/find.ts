import type { Response } from 'express';
import type { Batch } from '../../../domain/batch/batch';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { scopeOf } from '../../http/context';

/** A batch within the scope of the request. @throws AppError `not_found` */
export async function findBatch(context: Pick<ApiContext, 'batches'>, response: Response, id: string, param?: string): Promise<Batch> {
  const batch = await context.batches.get(id, scopeOf(response).teamId);
  if (batch !== null) return batch;
  throw new AppError('not_found', `There is no batch ${JSON.stringify(id.slice(0, 100))}.`, param === undefined ? {} : { param });
}

/** Tells the batch's workflow to look at its row. The row decides, so a lost call costs time only. */
export async function wakeBatch(context: Pick<ApiContext, 'background' | 'logger'>, batchId: string): Promise<void> {
  try {
    await context.background.wakeBatch(batchId);
  } catch (error) {
    context.logger.warn({ err: error, batch_id: batchId }, 'The workflow of a batch could not be woken now; the sweeper will wake it.');
  }
}
