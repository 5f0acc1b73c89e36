import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../../openapi/describe';
import { batchAnswer, batchBody, batchListAnswer, batchListQuery } from './schema';

const tag = 'Files and batches';
const batch = json('The batch.', batchAnswer);

/** Paths of batches. */
export const batchPaths: ZodOpenApiPathsObject = {
  '/v1/batches': {
    post: operation({
      id: 'createBatch',
      tag,
      summary: 'Run the requests of a file, up to 50,000 lines; the file is validated first, as a whole',
      isPaid: true,
      isRated: false,
      body: jsonBody(batchBody),
      answers: { '200': batch },
    }),
    get: operation({
      id: 'listBatches',
      tag,
      summary: 'List batches, newest first',
      query: batchListQuery,
      answers: { '200': json('A page.', batchListAnswer) },
    }),
  },
  '/v1/batches/{id}': {
    get: operation({ id: 'getBatch', tag, summary: 'Retrieve a batch', path: ['id'], answers: { '200': batch } }),
  },
  '/v1/batches/{id}/cancel': {
    post: operation({
      id: 'cancelBatch',
      tag,
      summary: 'Cancel a batch; what has ended by then is in its files',
      path: ['id'],
      answers: { '200': batch },
    }),
  },
};
