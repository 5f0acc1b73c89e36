import type { Request, Response } from 'express';
import type { Batch } from '../../../domain/batch/batch';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { callerOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { baseUrlOf, idempotencyKeyOf } from '../../http/request-headers';
import { requestHash } from '../../submit/idempotency';
import { ceilingOf } from '../../tasks/create';
import { findFile } from '../files/find';
import { findBatch, wakeBatch } from './find';
import { batchBody } from './schema';

const ROUTE = 'POST /v1/batches';
const WINDOW_S = 24 * 3_600;
/** Nobody waits for a line: more at once than a campaign has unless it says so. */
const CONCURRENCY = 50;

type Deps = Pick<ApiContext, 'background' | 'batches' | 'files' | 'logger' | 'newId' | 'settings'>;

/**
 * POST /v1/batches: the batch, `validating`, or the earlier one of its idempotency key. Its file is read afterwards.
 * @throws AppError `not_found` for a file that is not the team's, `invalid_value` for one of another purpose, `idempotency_key_reuse`
 */
export async function createBatch(context: Deps, request: Request, response: Response): Promise<Batch> {
  const caller = callerOf(response);
  const body = parseWith(batchBody, request.body);
  const key = idempotencyKeyOf(request);
  const file = await findFile(context, response, body.input_file_id, 'input_file_id');
  if (file.purpose !== 'batch') {
    throw new AppError(
      'invalid_value',
      `Invalid input_file_id: the file has the purpose "${file.purpose}". Upload it with the purpose "batch".`,
      {
        param: 'input_file_id',
      },
    );
  }
  const id = context.newId('batch');
  const outcome = await context.batches.create({
    id,
    caller,
    endpoint: body.endpoint,
    inputFileId: file.id,
    inputKey: file.key,
    wording: { images: caller.defaults.images, baseUrl: baseUrlOf(context.settings, request) },
    windowS: WINDOW_S,
    outputExpiresAfterS: body.output_expires_after?.seconds ?? null,
    concurrency: body.concurrency ?? CONCURRENCY,
    maxCostMicroUsd: ceilingOf(body.budget),
    metadata: body.metadata ?? {},
    requestHash: key === null ? '' : requestHash(body),
    idempotency: key === null ? null : { route: ROUTE, key },
  });
  if (outcome.kind === 'key_reused') {
    throw new AppError(
      'idempotency_key_reuse',
      `This Idempotency-Key was used before with another batch (${outcome.batchId}). Use a new key for a new batch.`,
      { param: 'Idempotency-Key', details: { batch_id: outcome.batchId } },
    );
  }
  if (outcome.kind === 'repeat') {
    response.setHeader('idempotent-replayed', 'true');
    return findBatch(context, response, outcome.batchId);
  }
  await wakeBatch(context, id);
  return findBatch(context, response, id);
}
