import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import { json, operation } from '../openapi/describe';
import { bodiesAnswer, callAnswer, callListAnswer, histogramAnswer, histogramQuery, logsQuery } from './schema';

const TAG = 'Call log';

function list(id: string, summary: string): ZodOpenApiOperationObject {
  return operation({
    id,
    tag: TAG,
    summary,
    query: logsQuery,
    answers: {
      '200': {
        description: 'A page, or with `format=csv` the whole file.',
        content: { 'application/json': { schema: callListAnswer }, 'text/csv': { schema: z.string() } },
      },
    },
  });
}

function histogram(id: string, summary: string): ZodOpenApiOperationObject {
  return operation({
    id,
    tag: TAG,
    summary,
    query: histogramQuery,
    answers: { '200': json('Counts by interval, oldest first.', histogramAnswer) },
  });
}

function bodies(id: string, summary: string): ZodOpenApiOperationObject {
  return operation({ id, tag: TAG, summary, path: ['id'], answers: { '200': json('Redacted.', bodiesAnswer) } });
}

/** Paths of the call log. */
export const logPaths: ZodOpenApiPathsObject = {
  '/v1/logs': { get: list('listCalls', "List the team's requests that named a model, refused ones too, newest first") },
  '/v1/logs/histogram': { get: histogram('countCalls', "Count the team's requests by interval") },
  '/v1/logs/{id}': {
    get: operation({
      id: 'getCall',
      tag: TAG,
      summary: 'Retrieve a call of the log',
      path: ['id'],
      answers: { '200': json('The call.', callAnswer) },
    }),
  },
  '/v1/logs/{id}/bodies': { get: bodies('getCallBodies', 'Retrieve what was asked and answered in a call, where the team keeps it') },
  '/admin/v1/logs': { get: list('listAllCalls', 'List the requests of all teams that named a model, newest first') },
  '/admin/v1/logs/histogram': { get: histogram('countAllCalls', 'Count the requests of all teams by interval') },
  '/admin/v1/logs/{id}/bodies': { get: bodies('getAnyCallBodies', 'Retrieve what was asked and answered in a call of any team') },
};
