import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { embeddingsBody } from './schema';
import { json, jsonBody, operation } from '../../openapi/describe';

const anything = z.record(z.string(), z.unknown());

const embeddingsAnswer = z
  .looseObject({
    object: z.literal('list'),
    model: z.string(),
    data: z.array(z.looseObject({ object: z.literal('embedding'), index: z.int(), embedding: z.union([z.array(z.number()), z.string()]) })),
    usage: anything.optional(),
  })
  .meta({ id: 'Embeddings' });

/** Paths of embeddings. */
export const embeddingPaths: ZodOpenApiPathsObject = {
  '/v1/embeddings': {
    post: operation({
      id: 'createEmbeddings',
      tag: 'Text',
      summary: 'Create embeddings',
      isPaid: true,
      body: jsonBody(embeddingsBody),
      answers: { '200': json('The embeddings.', embeddingsAnswer) },
    }),
  },
};
