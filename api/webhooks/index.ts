import type { Router } from 'express';
import { WEBHOOK_EVENT_TYPES } from '../../domain/events/webhook-event';
import type { ApiContext, Authenticating } from '../deps';
import { createRoutes, jsonOf, optionalBody } from '../http/routes';
import { sendJson } from '../http/send';
import { getDelivery, listDeliveries, redeliverDelivery, redeliverFailed } from './deliveries';
import { createEndpoint, deleteEndpoint, getEndpoint, listEndpoints, rotateSecret, updateEndpoint } from './endpoints';
import { testEndpoint } from './test-event';

const MAX_BODY_BYTES = 64 * 1024;

export type WebhookDeps = Pick<ApiContext, 'callbacks' | 'egress' | 'newId' | 'now' | 'webhookEndpoints' | 'webhookSigner'>;

/** Routes of /v1/webhook_endpoints, as OpenAI's SDK manages them, and of their deliveries. */
export function webhooksRouter(context: Authenticating & WebhookDeps): Router {
  const routes = createRoutes(context, '/v1');
  const body = jsonOf(MAX_BODY_BYTES);
  const maybe = optionalBody(body);

  routes.get('/webhook_event_types', (_request, response) => {
    sendJson(response, 200, { object: 'list', data: WEBHOOK_EVENT_TYPES });
  });
  routes.post('/webhook_endpoints', body, (request, response) => createEndpoint(context, request, response));
  routes.get('/webhook_endpoints', (request, response) => listEndpoints(context, request, response));
  routes.get('/webhook_endpoints/:id', (request, response) => getEndpoint(context, response, request.params.id));
  routes.post('/webhook_endpoints/:id', maybe, (request, response) => updateEndpoint(context, request, response, request.params.id));
  routes.delete('/webhook_endpoints/:id', (request, response) => deleteEndpoint(context, response, request.params.id));
  routes.post('/webhook_endpoints/:id/rotate_secret', maybe, (request, response) =>
    rotateSecret(context, request, response, request.params.id),
  );
  routes.post('/webhook_endpoints/:id/test', body, (request, response) => testEndpoint(context, request, response, request.params.id));
  routes.post('/webhook_endpoints/:id/redeliver', body, (request, response) =>
    redeliverFailed(context, request, response, request.params.id),
  );
  routes.get('/webhook_endpoints/:id/deliveries', (request, response) => listDeliveries(context, request, response, request.params.id));
  routes.get('/webhook_endpoints/:id/deliveries/:delivery', (request, response) => getDelivery(context, response, request.params));
  routes.post('/webhook_endpoints/:id/deliveries/:delivery/redeliver', (request, response) =>
    redeliverDelivery(context, response, request.params),
  );
  return routes.done();
}
