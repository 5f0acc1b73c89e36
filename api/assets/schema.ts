import { z } from 'zod';

export const assetAnswerSchema = z
  .object({
    id: z.string(),
    object: z.literal('asset'),
    kind: z.enum(['image', 'video', 'other']),
    task_id: z.string().nullable(),
    url: z.string().describe('Works without a key until `expires_at`.'),
    expires_at: z.string(),
    content_type: z.string(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    duration_s: z.number().nullable(),
    bytes: z.int(),
    sha256: z.string(),
    thumbnail_url: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'Asset' });
