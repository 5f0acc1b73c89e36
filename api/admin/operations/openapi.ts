import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from '../../openapi/describe';
import { queueListAnswer, systemAnswer } from './schema';

const tag = 'Administration';

/** Paths of operation. */
export const operationsPaths: ZodOpenApiPathsObject = {
  '/admin/v1/system': {
    get: operation({
      id: 'getSystem',
      tag,
      summary: 'How the installation is: its parts, processes and versions, its backlog, and what it spent today',
      answers: { '200': json('Also when parts are down: `ok` and `parts` say so.', systemAnswer) },
    }),
  },
  '/admin/v1/queues': {
    get: operation({
      id: 'listQueues',
      tag,
      summary: 'What waits and what runs, by task queue, kind and class of keys',
      answers: { '200': json('Every task queue of the installation.', queueListAnswer) },
    }),
  },
};
