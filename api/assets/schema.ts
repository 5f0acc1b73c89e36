import { z } from 'zod';
import { IMAGE_FORMATS } from '../../domain/storage';
import { listOf, pageLimit } from '../fields/list';
import { listed } from '../fields/listed';
import { orNull } from '../http/nulls';
import { fileSchema } from '../openapi/describe';
import { storable } from '../tasks/schema';

const KINDS = ['image', 'video', 'audio', 'other'] as const;
const MOST_TAGS = 32;
/** Files of one archive. */
const MOST_ARCHIVED = 500;
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-24T12:00:00Z' });

const name = storable(255);
const tag = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .refine((text) => !/[,\0]/.test(text), { message: 'A tag must have no comma.' });
const tags = z
  .array(tag)
  .max(MOST_TAGS)
  .transform((given) => [...new Set(given)]);

const purpose = z.enum(['mask']).optional();

/** Fields of the form of `POST /v1/assets`, beside the file. */
export const uploadFields = z.strictObject({
  name: name.optional(),
  purpose,
  tags: z
    .union([z.string().transform((text) => text.split(',').filter((part) => part.trim() !== '')), z.array(z.string())])
    .pipe(tags)
    .optional(),
});

/** The form of `POST /v1/assets`, for the document. */
export const uploadForm = z
  .object({
    file: fileSchema.describe('An image, a video or a sound.'),
    name: z.string().max(255).optional().describe("Default: the file's own name."),
    tags: z.string().optional().describe('With commas between them.'),
    purpose: purpose.describe('A mask is of no use by itself: the library leaves it out unless it is asked for masks.'),
  })
  .meta({ id: 'AssetUpload' });

/** Query of `GET /v1/assets`. */
export const assetListQuery = z.strictObject({
  kind: z.enum(KINDS).optional(),
  purpose: purpose.describe('Only files that were given for this. Without it they are left out.'),
  q: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'Words of the name, the tags, or the prompt of the task that made it, by their beginnings; Chinese and Japanese as they stand.',
    ),
  tag: listed(tag, MOST_TAGS).optional().describe('All of these: "hero,spring".'),
  favourite: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  template: z.string().min(1).max(80).optional().describe('A name, or a name and version such as "product-shot@2".'),
  campaign_id: z.string().min(1).max(64).optional(),
  task_id: z.string().min(1).max(64).optional(),
  created_after: time.optional(),
  created_before: time.optional(),
  limit: pageLimit,
  after: z.string().min(1).max(100).optional(),
});

/** Body of `PATCH /v1/assets/{id}`. */
export const assetChanges = z
  .strictObject({
    name: orNull(name).optional().describe('null takes it away.'),
    tags: tags.optional().describe('In place of those there were.'),
    favourite: z.boolean().optional(),
  })
  .meta({ id: 'AssetChanges' });

/** Query of `DELETE /v1/assets/{id}`. */
export const deleteQuery = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false)
    .describe('Also when tasks that have ended name the file, which can then not be replayed.'),
});

/** Body of `POST /v1/assets/archive`. */
export const archiveBody = z
  .strictObject({
    ids: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(MOST_ARCHIVED)
      .transform((ids) => [...new Set(ids)]),
    format: z.enum(IMAGE_FORMATS).optional().describe('Images are converted to it; other files stay as they are.'),
  })
  .meta({ id: 'AssetArchiveRequest' });

/** Query of `GET /v1/assets/{id}/content`, beside what a signed link has. */
export const contentQuery = z.object({
  download: storable(255, 0).optional().describe('Saved under this name; empty: under its own.'),
  format: z.enum(IMAGE_FORMATS).optional().describe('An image in another format, whole.'),
});

/** Query of `GET /v1/assets/{id}/thumbnail`, beside what a signed link has. */
export const thumbnailQuery = z.object({
  w: z
    .enum(['256', '640', '1280'])
    .transform(Number)
    .optional()
    .describe('At most so many pixels a side; of a video its poster. Default: 512.'),
});

export const assetAnswerSchema = z
  .object({
    id: z.string(),
    object: z.literal('asset'),
    kind: z.enum(KINDS),
    name: z.string().nullable(),
    tags: z.array(z.string()),
    favourite: z.boolean(),
    purpose: z.enum(['mask']).nullable().describe('What it was given for, where it is of no use by itself.'),
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

export const assetListAnswer = listOf(assetAnswerSchema).meta({ id: 'AssetList' });

export const assetDeletedAnswer = z
  .object({ id: z.string(), object: z.literal('asset'), deleted: z.literal(true) })
  .meta({ id: 'AssetDeleted' });

const relation = z
  .object({
    asset: assetAnswerSchema,
    of: z.string().describe('The file on the other side: what `asset` was made into, or was made of.'),
    depth: z.int().describe('Steps from the file that was asked about, from 1.'),
    task_id: z.string().describe('The task that made the younger one of the two.'),
  })
  .meta({ id: 'AssetRelation' });

export const lineageAnswer = z
  .object({
    object: z.literal('asset.lineage'),
    id: z.string(),
    parents: z.array(relation).describe('What it was made of, the nearest first.'),
    children: z.array(relation).describe('What was made of it, the nearest first.'),
    is_complete: z.boolean().describe('False: there is more.'),
  })
  .meta({ id: 'AssetLineage' });
