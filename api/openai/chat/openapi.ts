import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { responsesBody } from '../responses/schema';
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

function chat(id: string, summary: string): ZodOpenApiOperationObject {
  return operation({
    id,
    tag: 'Text',
    summary,
    isPaid: true,
    body: jsonBody(z.union([chatBody, responsesBody.describe('As Cursor sends it; answered as a chat.')])),
    answers: {
      '200': jsonOrEvents('The answer; with `stream` as `chat.completion.chunk` events that end with `[DONE]`.', chatAnswer),
    },
  });
}

/** Paths of chat completions. */
export const chatPaths: ZodOpenApiPathsObject = {
  '/v1/chat/completions': { post: chat('createChatCompletion', 'Create a chat completion') },
  '/v1/cursor/chat/completions': {
    post: chat('createCursorChatCompletion', 'Create a chat completion, at the address that Cursor is given'),
  },
};
