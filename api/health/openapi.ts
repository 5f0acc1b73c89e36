import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from '../openapi/describe';

const healthAnswer = z.object({ status: z.string(), version: z.string() });
const readyAnswer = z.object({
  status: z.enum(['ready', 'not_ready', 'stopping']),
  parts: z.record(z.string(), z.enum(['ok', 'missing'])),
  missing: z.array(z.object({ name: z.string(), reason: z.string() })),
});

/** Paths of the process. */
export const healthPaths: ZodOpenApiPathsObject = {
  '/healthz': {
    get: operation({
      id: 'getHealth',
      tag: 'Process',
      summary: 'Is the process alive?',
      isOpen: true,
      answers: { '200': json('It lives.', healthAnswer) },
    }),
  },
  '/readyz': {
    get: operation({
      id: 'getReadiness',
      tag: 'Process',
      summary: 'Are all dependencies available?',
      isOpen: true,
      answers: { '200': json('All do.', readyAnswer), '503': json('Some do not.', readyAnswer) },
    }),
  },
};
