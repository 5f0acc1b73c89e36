import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import type { Delivery } from '../../domain/events/callback';
import type { WebhookEndpoint } from '../../domain/events/webhook-endpoint';
import type { ApiContext } from '../deps';
import { parseWith } from '../http/faults';
import { sendJson, sendList } from '../http/send';
import { findEndpoint } from './endpoints';
import { deliveryObject } from './map';
import { deliveryListQuery, failedSince, MOST_REDELIVERED } from './schema';

type Deps = Pick<ApiContext, 'callbacks' | 'webhookEndpoints'>;
type Names = { readonly id: string; readonly delivery: string };

export async function listDeliveries(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { status, after, limit } = parseWith(deliveryListQuery, request.query);
  const endpoint = await findEndpoint(context, response, id);
  if (after !== undefined) await findDelivery(context, endpoint, after, 'after');
  const page = await context.callbacks.deliveries({
    endpointId: endpoint.id,
    limit,
    ...(status === undefined ? {} : { status }),
    ...(after === undefined ? {} : { after }),
  });
  sendList(response, page.data.map(deliveryObject), (delivery) => delivery.id, page.hasMore);
}

export async function getDelivery(context: Deps, response: Response, { id, delivery }: Names): Promise<void> {
  sendJson(response, 200, deliveryObject(await findDelivery(context, await findEndpoint(context, response, id), delivery)));
}

/** Only writes: a worker hears of it at once, or finds it when it is there again. */
export async function redeliverDelivery(context: Deps, response: Response, { id, delivery }: Names): Promise<void> {
  const endpoint = await findEndpoint(context, response, id);
  await findDelivery(context, endpoint, delivery);
  expectEnabled(endpoint);
  await context.callbacks.redeliver(delivery);
  sendJson(response, 202, deliveryObject(await findDelivery(context, endpoint, delivery)));
}

export async function redeliverFailed(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { since } = parseWith(failedSince, request.body);
  const endpoint = await findEndpoint(context, response, id);
  expectEnabled(endpoint);
  const { teamId } = endpoint;
  const redelivered = await context.callbacks.redeliverFailed({ teamId, endpointId: endpoint.id }, since, MOST_REDELIVERED);
  sendJson(response, 202, { object: 'webhook_endpoint.redelivery', redelivered, has_more: redelivered === MOST_REDELIVERED });
}

function expectEnabled({ id, disabled }: WebhookEndpoint): void {
  if (disabled === null) return;
  throw new AppError(
    'conflict',
    `The webhook endpoint ${id} is disabled (${disabled.reason}). Enable it first: POST {"enabled": true} to it.`,
    {
      details: { disabled_reason: disabled.reason },
    },
  );
}

async function findDelivery(context: Deps, endpoint: WebhookEndpoint, id: string, param?: string): Promise<Delivery> {
  const delivery = await context.callbacks.delivery(endpoint.id, id);
  if (delivery !== null) return delivery;
  const message = `The webhook endpoint ${endpoint.id} has no delivery ${JSON.stringify(id.slice(0, 100))}.`;
  throw new AppError('not_found', message, param === undefined ? {} : { param });
}
