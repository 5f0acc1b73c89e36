import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { operation } from '../openapi/describe';

/** Paths of metrics. */
export const metricsPaths: ZodOpenApiPathsObject = {
  '/metrics': {
    get: operation({
      id: 'getMetrics',
      tag: 'Process',
      summary: 'Metrics for Prometheus',
      isOpen: true,
      answers: { '200': { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } } },
    }),
  },
};
