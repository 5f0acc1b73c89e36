import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../../openapi/describe';
import { moderationsBody } from './schema';

const moderationsAnswer = z
  .looseObject({
    id: z.string(),
    model: z.string(),
    results: z.array(
      z.looseObject({
        flagged: z.boolean(),
        categories: z.record(z.string(), z.boolean()),
        category_scores: z.record(z.string(), z.number()),
        category_applied_input_types: z.record(z.string(), z.array(z.string())).optional(),
      }),
    ),
  })
  .meta({ id: 'Moderations' });

/** Paths of moderations. */
export const moderationPaths: ZodOpenApiPathsObject = {
  '/v1/moderations': {
    post: operation({
      id: 'createModerations',
      tag: 'Text',
      summary: 'Classify texts and images by what may be harmful in them',
      isPaid: true,
      body: jsonBody(moderationsBody),
      answers: { '200': json('A result for each input.', moderationsAnswer) },
    }),
  },
};
