import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { jsonBody, operation } from '../../openapi/describe';
import { speechBody, transcriptionForm } from './schema';

const file = z.string().meta({ format: 'binary' });

const transcription = z
  .looseObject({ text: z.string(), usage: z.record(z.string(), z.unknown()).optional() })
  .meta({ id: 'Transcription', description: 'With `verbose_json` also language, duration and segments.' });
const answers = {
  '200': {
    description: 'The text, in the format that was asked for; with `stream` as events.',
    content: {
      'application/json': { schema: transcription },
      'text/plain': { schema: z.string() },
      'text/event-stream': { schema: z.string() },
    },
  },
};
const body = { required: true, content: { 'multipart/form-data': { schema: transcriptionForm } } };

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
  '/v1/audio/transcriptions': {
    post: operation({ id: 'createTranscription', tag: 'Text', summary: 'Write down what is said in a file', isPaid: true, body, answers }),
  },
  '/v1/audio/translations': {
    post: operation({
      id: 'createTranslation',
      tag: 'Text',
      summary: 'Write down in English what is said in a file',
      isPaid: true,
      body,
      answers,
    }),
  },
};
