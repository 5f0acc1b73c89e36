import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from './describe';

/** Paths of this document. */
export const documentPaths: ZodOpenApiPathsObject = {
  '/openapi.json': {
    get: operation({
      id: 'getOpenApi',
      tag: 'Process',
      summary: 'This document',
      isOpen: true,
      answers: { '200': json('The document.', z.record(z.string(), z.unknown())) },
    }),
  },
};
