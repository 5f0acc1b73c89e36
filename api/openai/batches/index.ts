import type { Router } from 'express';
import { batchObject } from '../../../domain/batch/object';
import { AppError } from '../../../domain/errors';
import type { ApiContext, Authenticating } from '../../deps';
import { wake } from '../../campaigns/verbs';
import { scopeOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { createRoutes, jsonOf } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { createBatch } from './create';
import { findBatch, wakeBatch } from './find';
import { batchListQuery } from './schema';

const MAX_BODY_BYTES = 64 * 1024;

type Deps = Authenticating & Pick<ApiContext, 'background' | 'batches' | 'files' | 'logger' | 'newId'>;

/** Routes of /v1/batches. */
export function batchesRouter(context: Deps): Router {
  const routes = createRoutes(context, '/v1');

  routes.post('/batches', jsonOf(MAX_BODY_BYTES), async (request, response) => {
    sendJson(response, 200, batchObject(await createBatch(context, request, response)));
  });
  routes.get('/batches', async (request, response) => {
    const { limit, after } = parseWith(batchListQuery, request.query);
    if (after !== undefined) await findBatch(context, response, after, 'after');
    const page = await context.batches.list({ teamId: scopeOf(response).teamId, limit, ...(after === undefined ? {} : { after }) });
    sendList(response, page.data.map(batchObject), ({ id }) => id, page.hasMore);
  });
  routes.get('/batches/:id', async (request, response) => {
    sendJson(response, 200, batchObject(await findBatch(context, response, request.params.id)));
  });
  routes.post('/batches/:id/cancel', async (request, response) => {
    const { id, campaignId } = await findBatch(context, response, request.params.id);
    const outcome = await context.batches.cancel(id);
    const batch = await findBatch(context, response, id);
    if (outcome === 'refused') {
      throw new AppError('conflict', `The batch ${id} is ${batch.status} and cannot be cancelled any more.`, {
        details: { status: batch.status },
      });
    }
    await wake(context, campaignId);
    if (batch.campaign.counts.running === 0) await wakeBatch(context, id);
    sendJson(response, 200, batchObject(batch));
  });
  return routes.done();
}
