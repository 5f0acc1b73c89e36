import { z } from 'zod';
import { duration, shared } from '../../fields/creative';
import { listOf } from '../../fields/list';
import { routingFields } from '../../submit/routing-fields';
import { templateFields } from '../../templates/fields';
import { extraFields, looseSchema } from '../images/schema';

/** Body of `POST /v1/videos`; in multipart `input_reference` may be a file. */
export const videoSchema = z
  .looseObject({
    prompt: z.string().min(1).max(32_000),
    model: z.string().min(1).max(255).nullish(),
    seconds: duration.nullish(),
    size: shared.size,
    input_reference: looseSchema.nullish(),
    ...extraFields,
    ...routingFields,
    ...templateFields,
    audio: z.boolean().nullish(),
    callback_url: z.string().min(1).max(2_048).nullish(),
    user: z.string().max(512).nullish(),
  })
  .meta({ id: 'VideoRequest' });
export type VideoRequest = z.infer<typeof videoSchema>;

/** Fields that are no text, for the reading of forms. */
export const VIDEO_FORM_KINDS = { seed: 'number', audio: 'boolean' } as const;

/** Body of `POST /v1/videos/{id}/remix`. */
export const remixSchema = z.strictObject({ prompt: z.string().min(1).max(32_000) }).meta({ id: 'VideoRemixRequest' });

/** Query of `GET /v1/videos`. */
export const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().min(1).max(64).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
});

/** Query of `GET /v1/videos/{id}/content`. */
export const contentSchema = z.strictObject({
  variant: z.enum(['video', 'thumbnail', 'spritesheet']).default('video'),
});

/** OpenAI's video object. */
export const videoAnswerSchema = z
  .object({
    id: z.string(),
    object: z.literal('video'),
    model: z.string(),
    status: z.enum(['queued', 'in_progress', 'completed', 'failed']),
    progress: z.int().min(0).max(100),
    created_at: z.int(),
    completed_at: z.int().nullable(),
    expires_at: z.int().nullable(),
    prompt: z.string().nullable().describe('Null in lists.'),
    seconds: z.string().nullable(),
    size: z.string().nullable(),
    remixed_from_video_id: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string(), type: z.string(), param: z.string().nullable() }).nullable(),
  })
  .meta({ id: 'Video' });

export const videoListSchema = listOf(videoAnswerSchema).meta({ id: 'VideoList' });

export const videoDeletedSchema = z
  .object({ id: z.string(), object: z.literal('video.deleted'), deleted: z.literal(true) })
  .meta({ id: 'VideoDeleted' });
