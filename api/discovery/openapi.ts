import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from '../openapi/describe';

const serviceAnswer = z
  .object({
    object: z.literal('service'),
    name: z.string(),
    message: z.string(),
    base_url: z.string().describe('The base URL to give to clients.'),
    models_url: z.string(),
    openapi_url: z.string(),
  })
  .meta({ id: 'Service' });

const open = (id: string, summary: string): { get: ZodOpenApiOperationObject } => ({
  get: operation({ id, tag: 'Service', summary, isOpen: true, answers: { '200': json('Where the API is.', serviceAnswer) } }),
});

/** Addresses without an endpoint. */
export const discoveryPaths: ZodOpenApiPathsObject = {
  '/': {
    get: operation({
      id: 'getService',
      tag: 'Service',
      summary: 'Identify the service at this address',
      isOpen: true,
      answers: { '200': json('Where the API is.', serviceAnswer), '302': { description: 'To the console, for a browser.' } },
    }),
  },
  '/v1': open('getApi', 'Get the base URL'),
  '/api/hello': open('hello', "Answer Claude Code's first request"),
};
