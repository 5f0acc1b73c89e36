import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { jsonBody, jsonOrEvents, operation } from '../../openapi/describe';
import { completionsBody } from './schema';

const completionAnswer = z
  .looseObject({
    id: z.string(),
    object: z.literal('text_completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(z.looseObject({ index: z.int(), text: z.string(), finish_reason: z.string().nullable() })),
  })
  .meta({ id: 'Completion' });

/** Paths of the older completions. */
export const completionPaths: ZodOpenApiPathsObject = {
  '/v1/completions': {
    post: operation({
      id: 'createCompletion',
      tag: 'Text',
      summary: 'Continue a prompt (the older form of chat completions)',
      isPaid: true,
      body: jsonBody(completionsBody),
      answers: { '200': jsonOrEvents('The text; with `stream` as chunks that end with `[DONE]`.', completionAnswer) },
    }),
  },
};
