import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { callbackAnswer, callbackListAnswer, callbackListQuery } from './schema';
import { callbacksRedeliver, redeliveryAnswer } from '../webhooks/schema';
import { json, jsonBody, operation } from '../openapi/describe';

/** Paths of callbacks. */
export const callbackPaths: ZodOpenApiPathsObject = {
  '/v1/callbacks': {
    get: operation({
      id: 'listCallbacks',
      tag: 'Callbacks',
      summary: 'List events and their delivery, newest first',
      query: callbackListQuery,
      answers: { '200': json('A page.', callbackListAnswer) },
    }),
  },
  '/v1/callbacks/redeliver': {
    post: operation({
      id: 'redeliverFailedCallbacks',
      tag: 'Callbacks',
      summary: 'Deliver again all events that failed since a time, under the same ids',
      body: jsonBody(callbacksRedeliver),
      answers: { '202': json('How many.', redeliveryAnswer) },
    }),
  },
  '/v1/callbacks/{id}': {
    get: operation({
      id: 'getCallback',
      tag: 'Callbacks',
      summary: 'Retrieve an event with all delivery attempts',
      path: ['id'],
      answers: { '200': json('The event.', callbackAnswer) },
    }),
  },
  '/v1/callbacks/{id}/redeliver': {
    post: operation({
      id: 'redeliverCallback',
      tag: 'Callbacks',
      summary: 'Deliver an event again, under the same id; the retry schedule starts over',
      path: ['id'],
      answers: { '202': json('The event; its next delivery attempt is scheduled.', callbackAnswer) },
    }),
  },
};
