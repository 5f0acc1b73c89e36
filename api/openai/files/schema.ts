import { z } from 'zod';
import { FILE_PURPOSES } from '../../../domain/file/file';
import { listOf } from '../../fields/list';

/** What clients upload; the others make themselves. */
export const UPLOAD_PURPOSES = ['batch', 'user_data', 'vision'] as const;

const purpose = z.enum(UPLOAD_PURPOSES, {
  error: `must be one of ${UPLOAD_PURPOSES.map((name) => JSON.stringify(name)).join(', ')}`,
});

/** When a file is to be removed. */
export const expiresAfter = z
  .strictObject({ anchor: z.literal('created_at'), seconds: z.int().min(3_600).max(2_592_000) })
  .meta({ id: 'ExpiresAfter' });

/** Fields of the form of `POST /v1/files`, beside the file. */
export const fileFields = z.strictObject({
  purpose,
  expires_after: expiresAfter.extend({ seconds: z.coerce.number().int().min(3_600).max(2_592_000) }).optional(),
});

/** Query of `GET /v1/files`. */
export const fileListQuery = z.strictObject({
  purpose: z.enum(FILE_PURPOSES).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
  after: z.string().min(1).max(64).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
});

/** OpenAI's file object. */
export const fileAnswer = z
  .object({
    id: z.string(),
    object: z.literal('file'),
    bytes: z.int(),
    created_at: z.int(),
    expires_at: z.int().nullable().describe("When it is removed: its own end or the team's retention."),
    filename: z.string(),
    purpose: z.enum(FILE_PURPOSES),
    status: z.literal('processed'),
    status_details: z.null(),
  })
  .meta({ id: 'File' });

export const fileListAnswer = listOf(fileAnswer).meta({ id: 'FileList' });

export const fileDeletedAnswer = z
  .object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) })
  .meta({ id: 'FileDeleted' });
