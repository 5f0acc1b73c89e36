import { z } from 'zod';

export const assetAnswerSchema = z
  .object({
    id: z.string(),
    object: z.literal('asset'),
    kind: z.enum(['image', 'video', 'audio', 'other']),
    task_id: z.string().nullable(),
    url: z.string().nullable().describe('Works without a key until `expires_at`; null once `expired_contents_at` is set.'),
    expires_at: z.string().nullable(),
    content_type: z.string(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    duration_s: z.number().nullable(),
    bytes: z.int(),
    sha256: z.string(),
    thumbnail_url: z.string().nullable(),
    created_at: z.string(),
    expired_contents_at: z.string().nullable().describe("When the team's retention ended and the file was removed; null: it is kept."),
  })
  .meta({ id: 'Asset' });
