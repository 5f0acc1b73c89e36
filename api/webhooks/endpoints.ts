import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { OLD_SECRET_MS, type EndpointWithSecret, type WebhookEndpoint } from '../../domain/events/webhook-endpoint';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson, sendList } from '../http/send';
import { endpointObject } from './map';
import { endpointCreate, endpointListQuery, endpointRotate, endpointUpdate } from './schema';

type Deps = Pick<ApiContext, 'egress' | 'newId' | 'webhookEndpoints'>;

/** An endpoint within the scope. @param param - where its id stood, when it was not the path @throws AppError `not_found` */
export async function findEndpoint(
  { webhookEndpoints }: Pick<ApiContext, 'webhookEndpoints'>,
  response: Response,
  id: string,
  param?: string,
): Promise<WebhookEndpoint> {
  const endpoint = await webhookEndpoints.get(id, scopeOf(response).teamId);
  if (endpoint === null) throw unknown(id, param);
  return endpoint;
}

export async function createEndpoint(context: Deps, request: Request, response: Response): Promise<void> {
  const { name, url, event_types: eventTypes } = parseWith(endpointCreate, request.body);
  const { teamId } = scopeOf(response);
  if (teamId === null) {
    throw new AppError(
      'missing_required_parameter',
      'A webhook endpoint belongs to a team. Use a key of the team, or sign in as one of it.',
      {
        param: 'x-atelier-team',
      },
    );
  }
  await context.egress.check(url, 'url');
  sendWithSecret(response, await context.webhookEndpoints.create({ id: context.newId('whe'), teamId, name, url, eventTypes }));
}

export async function listEndpoints(context: Deps, request: Request, response: Response): Promise<void> {
  const { limit, after } = parseWith(endpointListQuery, request.query);
  if (after !== undefined) await findEndpoint(context, response, after, 'after');
  const { teamId } = scopeOf(response);
  const page = await context.webhookEndpoints.list({ teamId, limit, ...(after === undefined ? {} : { after }) });
  sendList(response, page.data.map(endpointObject), ({ id }) => id, page.hasMore);
}

export async function getEndpoint(context: Deps, response: Response, id: string): Promise<void> {
  sendJson(response, 200, endpointObject(await findEndpoint(context, response, id)));
}

export async function updateEndpoint(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { name, url, event_types: eventTypes, enabled } = parseWith(endpointUpdate, request.body ?? {});
  await findEndpoint(context, response, id);
  if (url !== undefined) await context.egress.check(url, 'url');
  const changed = await context.webhookEndpoints.update(id, {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(eventTypes === undefined ? {} : { eventTypes }),
    ...(enabled === undefined ? {} : { enabled }),
  });
  sendJson(response, 200, endpointObject(changed ?? unknownNow(id)));
}

export async function deleteEndpoint(context: Deps, response: Response, id: string): Promise<void> {
  await findEndpoint(context, response, id);
  await context.webhookEndpoints.remove(id);
  sendJson(response, 200, { id, object: 'webhook_endpoint.deleted', deleted: true });
}

export async function rotateSecret(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { keep_old_secret_active_for_24_hours: keepsOld } = parseWith(endpointRotate, request.body ?? {});
  await findEndpoint(context, response, id);
  sendWithSecret(response, (await context.webhookEndpoints.rotate(id, keepsOld ? OLD_SECRET_MS : 0)) ?? unknownNow(id));
}

function sendWithSecret(response: Response, { endpoint, secret }: EndpointWithSecret): void {
  response.setHeader('cache-control', 'no-store');
  sendJson(response, 200, { ...endpointObject(endpoint), signing_secret: secret });
}

function unknown(id: string, param?: string): AppError {
  const message = `There is no webhook endpoint ${JSON.stringify(id.slice(0, 100))}.`;
  return new AppError('not_found', message, param === undefined ? {} : { param });
}

/** It was deleted meanwhile. */
function unknownNow(id: string): never {
  throw unknown(id);
}
