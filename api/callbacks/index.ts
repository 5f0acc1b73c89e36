import type { Router, Request, Response } from 'express';
import type { Callback } from '../../domain/events/callback';
import type { Scope } from '../../domain/access/permissions';
import { AppError } from '../../domain/errors';
import type { ApiContext, Authenticating } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { createRoutes, jsonOf } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { callbackObject } from './map';
import { callbacksRedeliver, MOST_REDELIVERED } from '../webhooks/schema';
import { callbackListQuery } from './schema';

const MAX_BODY_BYTES = 64 * 1024;

/** Routes of /v1/callbacks. */
export function callbacksRouter(context: Authenticating & Pick<ApiContext, 'callbacks'>): Router {
  const routes = createRoutes(context, '/v1');
  routes.get('/callbacks', (request, response) => listCallbacks(context, request, response));
  // Before `:id`, which has no POST.
  routes.post('/callbacks/redeliver', jsonOf(MAX_BODY_BYTES), (request, response) => redeliverFailed(context, request, response));
  routes.get('/callbacks/:id', async (request, response) => {
    sendJson(response, 200, callbackObject(await findCallback(context, scopeOf(response), request.params.id)));
  });
  routes.post('/callbacks/:id/redeliver', (request, response) => redeliver(context, response, request.params.id));
  return routes.done();
}

async function listCallbacks(context: Pick<ApiContext, 'callbacks'>, request: Request, response: Response): Promise<void> {
  const query = parseWith(callbackListQuery, request.query);
  const scope = scopeOf(response);
  if (query.after !== undefined) await findCallback(context, scope, query.after);
  const page = await context.callbacks.list({
    teamId: scope.teamId,
    ...(query.task_id === undefined ? {} : { taskId: query.task_id }),
    ...(query.campaign_id === undefined ? {} : { campaignId: query.campaign_id }),
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.after === undefined ? {} : { after: query.after }),
    limit: query.limit,
  });
  sendList(response, page.data.map(callbackObject), ({ id }) => id, page.hasMore);
}

/** Only writes: a worker hears of it at once, or finds it when it is there again. */
async function redeliver(context: Pick<ApiContext, 'callbacks'>, response: Response, id: string): Promise<void> {
  const scope = scopeOf(response);
  await findCallback(context, scope, id);
  await context.callbacks.redeliver(id);
  sendJson(response, 202, callbackObject(await findCallback(context, scope, id)));
}

async function redeliverFailed(context: Pick<ApiContext, 'callbacks'>, request: Request, response: Response): Promise<void> {
  const { since } = parseWith(callbacksRedeliver, request.body);
  const redelivered = await context.callbacks.redeliverFailed({ ...scopeOf(response), endpointId: null }, since, MOST_REDELIVERED);
  sendJson(response, 202, { object: 'callback.redelivery', redelivered, has_more: redelivered === MOST_REDELIVERED });
}

/** An event within the scope. @throws AppError `not_found` */
async function findCallback(context: Pick<ApiContext, 'callbacks'>, scope: Scope, id: string): Promise<Callback> {
  const callback = await context.callbacks.get(id, scope.teamId);
  if (callback === null) throw new AppError('not_found', `There is no callback ${JSON.stringify(id.slice(0, 100))}.`);
  return callback;
}
