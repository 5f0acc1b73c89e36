import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../openapi/describe';
import {
  deliveryAnswer,
  deliveryListAnswer,
  deliveryListQuery,
  endpointAnswer,
  endpointCreate,
  endpointDeletedAnswer,
  endpointListAnswer,
  endpointListQuery,
  endpointRotate,
  endpointTest,
  endpointTestAnswer,
  endpointUpdate,
  endpointWithSecretAnswer,
  eventTypesAnswer,
  failedSince,
  redeliveryAnswer,
} from './schema';

const tag = 'Webhook endpoints';
const endpoint = json('The endpoint.', endpointAnswer);
const withSecret = json('The endpoint with its secret, which is shown this one time.', endpointWithSecretAnswer);
const optional = (schema: Parameters<typeof jsonBody>[0]) => ({ ...jsonBody(schema), required: false });

/** Paths of webhook endpoints. */
export const webhookPaths: ZodOpenApiPathsObject = {
  '/v1/webhook_event_types': {
    get: operation({
      id: 'listWebhookEventTypes',
      tag,
      summary: 'List the event types that an endpoint can subscribe to; "task.*" stands for all of a family',
      answers: { '200': json('All of them.', eventTypesAnswer) },
    }),
  },
  '/v1/webhook_endpoints': {
    post: operation({
      id: 'createWebhookEndpoint',
      tag,
      summary: "Create an endpoint that is told of the team's events",
      body: jsonBody(endpointCreate),
      answers: { '200': withSecret },
    }),
    get: operation({
      id: 'listWebhookEndpoints',
      tag,
      summary: 'List endpoints, newest first',
      query: endpointListQuery,
      answers: { '200': json('A page.', endpointListAnswer) },
    }),
  },
  '/v1/webhook_endpoints/{id}': {
    get: operation({ id: 'getWebhookEndpoint', tag, summary: 'Retrieve an endpoint', path: ['id'], answers: { '200': endpoint } }),
    post: operation({
      id: 'updateWebhookEndpoint',
      tag,
      summary: 'Change an endpoint, switch it off, or enable it again',
      path: ['id'],
      body: optional(endpointUpdate),
      answers: { '200': endpoint },
    }),
    delete: operation({
      id: 'deleteWebhookEndpoint',
      tag,
      summary: 'Delete an endpoint; what waits to be delivered there is not',
      path: ['id'],
      answers: { '200': json('It is gone.', endpointDeletedAnswer) },
    }),
  },
  '/v1/webhook_endpoints/{id}/rotate_secret': {
    post: operation({
      id: 'rotateWebhookEndpointSecret',
      tag,
      summary: 'Replace the secret; for 24 hours deliveries are signed with the old one too',
      path: ['id'],
      body: optional(endpointRotate),
      answers: { '200': withSecret },
    }),
  },
  '/v1/webhook_endpoints/{id}/test': {
    post: operation({
      id: 'testWebhookEndpoint',
      tag,
      summary: 'Send a sample event now, once',
      path: ['id'],
      body: jsonBody(endpointTest),
      answers: { '200': json('What the endpoint answered.', endpointTestAnswer) },
    }),
  },
  '/v1/webhook_endpoints/{id}/redeliver': {
    post: operation({
      id: 'redeliverWebhookEndpoint',
      tag,
      summary: 'Deliver again all that failed since a time, under the same event ids',
      path: ['id'],
      body: jsonBody(failedSince),
      answers: { '202': json('How many.', redeliveryAnswer) },
    }),
  },
  '/v1/webhook_endpoints/{id}/deliveries': {
    get: operation({
      id: 'listWebhookDeliveries',
      tag,
      summary: 'List the deliveries to an endpoint with all attempts, newest first',
      path: ['id'],
      query: deliveryListQuery,
      answers: { '200': json('A page.', deliveryListAnswer) },
    }),
  },
  '/v1/webhook_endpoints/{id}/deliveries/{delivery}': {
    get: operation({
      id: 'getWebhookDelivery',
      tag,
      summary: 'Retrieve a delivery with all attempts',
      path: ['id', 'delivery'],
      answers: { '200': json('The delivery.', deliveryAnswer) },
    }),
  },
  '/v1/webhook_endpoints/{id}/deliveries/{delivery}/redeliver': {
    post: operation({
      id: 'redeliverWebhookDelivery',
      tag,
      summary: 'Deliver an event again, under the same id; the retry schedule starts over',
      path: ['id', 'delivery'],
      answers: { '202': json('The delivery; its next attempt is scheduled.', deliveryAnswer) },
    }),
  },
};
