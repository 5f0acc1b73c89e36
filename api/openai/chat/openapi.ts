import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { chatBody } from './schema';
import { jsonBody, jsonOrEvents, operation } from '../../openapi/describe';

const anything = z.record(z.string(), z.unknown());

const chatAnswer = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(z.looseObject({ index: z.int(), message: anything, finish_reason: z.string().nullable() })),
    usage: anything.optional(),
  })
  .meta({ id: 'ChatCompletion' });

/** Paths of chat completions. */
export const chatPaths: ZodOpenApiPathsObject = {
  '/v1/chat/completions': {
    post: operation({
      id: 'createChatCompletion',
      tag: 'Text',
      summary: 'Create a chat completion',
      isPaid: true,
      body: jsonBody(chatBody),
      answers: {
        '200': jsonOrEvents('The answer; with `stream` as `chat.completion.chunk` events that end with `[DONE]`.', chatAnswer),
      },
    }),
  },
};
