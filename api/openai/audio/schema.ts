import { z } from 'zod';
import { routingFields } from '../../submit/routing-fields';

/** Parameters of speech; those that are not known travel to the provider as they are. */
export const speechParams = z.looseObject({
  instructions: z.string().nullish(),
  response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).nullish().describe('Default: mp3.'),
  speed: z.number().min(0.25).max(4).nullish(),
  stream_format: z.enum(['audio', 'sse']).nullish().describe('`sse`: events with pieces in base64, and the usage at the end.'),
});

export const speechBody = speechParams
  .extend({
    ...routingFields,
    model: z.string().min(1).max(255),
    input: z.string().min(1),
    voice: z.union([z.string().min(1), z.looseObject({ id: z.string().min(1) })], { error: 'must be a name, or an object with an id' }),
  })
  .meta({ id: 'SpeechRequest' });

/** Parameters of transcriptions and translations; those that are not known travel to the provider as they are. */
export const transcriptionParams = z.looseObject({
  language: z.string().nullish(),
  prompt: z.string().nullish(),
  response_format: z.enum(['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json']).nullish().describe('Default: json.'),
  temperature: z.number().min(0).max(1).nullish(),
  timestamp_granularities: z.array(z.enum(['word', 'segment'])).nullish(),
  include: z.array(z.string()).nullish(),
});

export const transcriptionFields = transcriptionParams.extend({
  ...routingFields,
  model: z.string().min(1).max(255),
  stream: z.boolean().nullish(),
});

/** The fields of the form that are no text. */
export const TRANSCRIPTION_KINDS = { temperature: 'number', stream: 'boolean' } as const;

export const transcriptionForm = transcriptionFields
  .extend({ file: z.string().meta({ format: 'binary' }).describe('At most 25 MiB.') })
  .meta({ id: 'TranscriptionRequest' });
