import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { jsonBody, operation } from '../../openapi/describe';
import { speechBody } from './schema';

const file = z.string().meta({ format: 'binary' });

/** Paths of audio. */
export const audioPaths: ZodOpenApiPathsObject = {
  '/v1/audio/speech': {
    post: operation({
      id: 'createSpeech',
      tag: 'Text',
      summary: 'Read a text aloud',
      isPaid: true,
      body: jsonBody(speechBody),
      answers: {
        '200': {
          description: 'The sound as it is made; also kept as an output of the task. With `stream_format: sse` as events.',
          content: { 'audio/*': { schema: file }, 'text/event-stream': { schema: z.string() } },
        },
      },
    }),
  },
};
