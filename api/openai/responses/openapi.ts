import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { listOf } from '../../fields/list';
import { json, jsonBody, jsonOrEvents, operation } from '../../openapi/describe';
import { inputItemsQuery, responsesBody, retrieveQuery } from './schema';

const anything = z.record(z.string(), z.unknown());

const responseAnswer = z
  .looseObject({
    id: z.string().describe('`resp_` and the digits of its task.'),
    object: z.literal('response'),
    created_at: z.int(),
    completed_at: z.int().nullable(),
    status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
    background: z.boolean(),
    model: z.string(),
    output: z.array(z.looseObject({ id: z.string(), type: z.string() })),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z.object({ reason: z.string() }).nullable(),
    previous_response_id: z.string().nullable(),
    usage: anything.nullable(),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Response' });

const itemList = listOf(z.looseObject({ id: z.string(), type: z.string() })).meta({ id: 'ResponseInputItemList' });

const path = ['id'];

/** Paths of responses. */
export const responsePaths: ZodOpenApiPathsObject = {
  '/v1/responses': {
    post: operation({
      id: 'createResponse',
      tag: 'Text',
      summary: 'Create a response',
      isPaid: true,
      body: jsonBody(responsesBody),
      answers: { '200': jsonOrEvents('The response; with `stream` as numbered events that end with the whole response.', responseAnswer) },
    }),
  },
  '/v1/responses/{id}': {
    get: operation({
      id: 'getResponse',
      tag: 'Text',
      summary: 'Retrieve a response',
      path,
      query: retrieveQuery,
      answers: {
        '200': jsonOrEvents('The response as it is now; with `stream=true` the events of a background response.', responseAnswer),
      },
    }),
    delete: operation({
      id: 'deleteResponse',
      tag: 'Text',
      summary: 'Delete a response',
      path,
      answers: {
        '200': json('Deleted.', z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) })),
      },
    }),
  },
  '/v1/responses/{id}/cancel': {
    post: operation({
      id: 'cancelResponse',
      tag: 'Text',
      summary: 'Cancel a background response',
      path,
      answers: { '200': json('The response.', responseAnswer) },
    }),
  },
  '/v1/responses/{id}/input_items': {
    get: operation({
      id: 'listResponseInputItems',
      tag: 'Text',
      summary: 'List the input items of a response',
      path,
      query: inputItemsQuery,
      answers: { '200': json('The items, with those of the conversation that it went on with.', itemList) },
    }),
  },
};
