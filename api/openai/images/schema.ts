import { z } from 'zod';
import { routingFields } from '../../submit/routing-fields';
import { templateFields } from '../../templates/fields';
import { background, compression, imageFormat, negativePrompt, partialImages, shared } from '../../fields/creative';
import { missingOutputsAnswer } from '../../tasks/answer-schema';

const name = z.string().min(1).max(255);
const noted = z.string().max(512).nullish();

/** Creative parameters that both compatible endpoints take beside OpenAI's own. */
export const extraFields = {
  aspect_ratio: shared.aspect_ratio,
  resolution: shared.resolution,
  seed: shared.seed,
  negative_prompt: negativePrompt.nullish(),
  watermark: shared.watermark,
};

const imageFields = {
  prompt: z.string().min(1).max(32_000),
  model: name.nullish(),
  n: shared.n,
  size: shared.size,
  quality: shared.quality,
  background: background.nullish(),
  output_format: imageFormat.nullish(),
  output_compression: compression.nullish(),
  moderation: z.enum(['auto', 'low']).nullish(),
  /** Of models that are gone: accepted, and given to no provider. */
  style: z.string().max(32).nullish(),
  response_format: z
    .enum(['url', 'b64_json'])
    .nullish()
    .describe('Default: b64_json, or the setting of the key (`images_default`). A link works for an hour.'),
  stream: z.boolean().nullish(),
  partial_images: partialImages.nullish(),
  user: noted,
  safety_identifier: noted,
  ...extraFields,
  ...routingFields,
  ...templateFields,
};

/** An image named instead of uploaded: exactly one of the three. */
export const imageSchema = z
  .strictObject({
    image_url: z.string().min(1).optional(),
    file_id: name.optional(),
    asset_id: name.optional(),
  })
  .refine((image) => Object.values(image).filter((value) => value !== undefined).length === 1, {
    message: 'Name an image by exactly one of image_url, file_id and asset_id.',
  })
  .meta({ id: 'ImageReference' });
export type ImageReference = z.infer<typeof imageSchema>;

/** Body of `POST /v1/images/generations`; what is not known travels to providers that speak OpenAI's format. */
export const generationSchema = z.looseObject(imageFields).meta({ id: 'ImageGenerationRequest' });

/** An image as SDKs and older clients name it: an object, or the URL itself. */
export const looseSchema = z.union([
  imageSchema,
  z
    .string()
    .min(1)
    .transform((url): ImageReference => ({ image_url: url })),
]);

/** Body of `POST /v1/images/edits`; in multipart `image`, `image[]`, `image[0]` and `mask` may be files. */
export const editSchema = z
  .looseObject({
    ...imageFields,
    images: z.array(imageSchema).max(16).nullish(),
    image: z.union([looseSchema.transform((image) => [image]), z.array(looseSchema).max(16)]).nullish(),
    mask: looseSchema.nullish(),
    input_fidelity: z.enum(['low', 'high']).nullish(),
  })
  .meta({ id: 'ImageEditRequest' });

export type GenerationRequest = z.infer<typeof generationSchema>;
export type EditRequest = z.infer<typeof editSchema>;

/** Fields that are no text, for the reading of forms. */
export const IMAGE_FORM_KINDS = {
  n: 'number',
  output_compression: 'number',
  partial_images: 'number',
  seed: 'number',
  stream: 'boolean',
} as const;

const usageSchema = z
  .object({ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int() })
  .describe('Only when the provider reported tokens.');

/** Answer of both image endpoints. */
export const imageAnswerSchema = z
  .object({
    created: z.int().describe('Unix seconds.'),
    background: z.string().optional(),
    output_format: z.string().optional(),
    quality: z.string().optional(),
    size: z.string().optional(),
    data: z.array(z.object({ url: z.string().optional(), b64_json: z.string().optional(), revised_prompt: z.string().optional() })),
    missing_outputs: missingOutputsAnswer.optional(),
    usage: usageSchema.optional(),
  })
  .meta({ id: 'ImagesResponse' });
