import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from '../openapi/describe';

const received = z.looseObject({ received: z.literal(true).optional() }).meta({ id: 'ProviderCallbackReceipt' });

/** Paths that providers call. */
export const providerCallbackPaths: ZodOpenApiPathsObject = {
  '/v1/provider_callbacks/{taskId}/{n}/{signature}': {
    post: operation({
      id: 'receiveProviderCallback',
      tag: 'Service',
      summary: 'Where a provider tells that a job has moved; the job is then looked up at the provider',
      path: ['taskId', 'n', 'signature'],
      isOpen: true,
      answers: { '200': json('Heard, or what the provider asked to be sent back.', received) },
    }),
  },
};
