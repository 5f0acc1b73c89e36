import { z } from 'zod';
import { withoutNulls } from '../http/nulls';
import { chatMessage } from '../openai/chat/messages';
import { speechBody } from '../openai/audio/schema';
import { embeddingsBody } from '../openai/embeddings/schema';
import { moderationsBody } from '../openai/moderations/schema';
import { imageOutput, imageTask, storable, videoOutput, videoTask } from '../tasks/schema';

const record = z.record(z.string(), z.unknown());

/** Body of `POST /v1/tasks/{id}/replay`, which may be left out. What `overrides` may hold is the task's own affair. */
export const replayBody = z
  .strictObject({
    overrides: z
      .strictObject({ model: z.string().optional(), input: record.optional(), output: record.optional(), params: record.optional() })
      .nullish()
      .describe(
        'Merged into the stored request key by key; arrays replace, null removes a value. With any override the generation is bought again.',
      ),
    callback_url: storable(2_048).nullish(),
  })
  .meta({ id: 'ReplayRequest' });

const model = z.string().min(1).max(255).optional();

export const imageOverrides = z.strictObject({
  model,
  input: imageTask.shape.input.partial().optional(),
  output: imageOutput.optional(),
});

export const videoOverrides = z.strictObject({
  model,
  input: videoTask.shape.input.partial().optional(),
  output: videoOutput.optional(),
});

const messages = z.array(chatMessage).min(1);

/** Parameters are merged key by key, so what they make of the stored ones is checked, not they themselves. */
export const chatOverrides = z.strictObject({
  model,
  input: z
    .strictObject({
      messages: z.preprocess((value) => withoutNulls(messages, value), messages).optional(),
      prompt: z.string().min(1).optional(),
    })
    .refine((input) => input.messages === undefined || input.prompt === undefined, {
      message: 'Give either input.messages or input.prompt.',
    })
    .optional(),
  params: record.optional(),
});

export const embeddingOverrides = z.strictObject({
  model,
  input: z.strictObject({ input: embeddingsBody.shape.input.optional() }).optional(),
  params: record.optional(),
});

export const moderationOverrides = z.strictObject({
  model,
  input: z.strictObject({ input: moderationsBody.shape.input.optional() }).optional(),
  params: record.optional(),
});

export const speechOverrides = z.strictObject({
  model,
  input: z.strictObject({ input: speechBody.shape.input.optional(), voice: speechBody.shape.voice.optional() }).optional(),
  params: record.optional(),
});

export const transcriptionOverrides = z.strictObject({ model, params: record.optional() });
