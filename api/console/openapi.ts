import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { operation } from '../openapi/describe';

const page = { '200': { description: 'A page (HTML), or a file of the console.', content: { 'text/html': {} } } };

/** Paths of the console. */
export const consolePaths: ZodOpenApiPathsObject = {
  '/console': {
    get: operation({ id: 'getConsole', tag: 'Service', summary: 'The console, for browsers', isOpen: true, answers: page }),
  },
  '/console/{path}': {
    get: operation({
      id: 'getConsolePage',
      tag: 'Service',
      summary: 'A page or a file of the console',
      isOpen: true,
      path: ['path'],
      answers: page,
    }),
  },
};
