import { z } from 'zod';
import { IMAGE_ROLES } from '../../domain/task/generation';
import { chatMessage } from '../openai/chat/messages';
import { chatParams } from '../openai/chat/schema';
import { background, compression, duration, imageFormat, negativePrompt, partialImages, shared } from '../fields/creative';
import { templateFields } from '../templates/fields';
import { routingFields } from '../submit/routing-fields';

const LONGEST_PROMPT = 32_000;
const MOST_IMAGES = 16;
const LONGEST_DEADLINE_S = 7 * 24 * 3_600;

const prompt = z.string().min(1).max(LONGEST_PROMPT);

/** Text that is looked up in the database, which knows no NUL. */
export const storable = (most: number, least = 1) =>
  z
    .string()
    .min(least)
    .max(most)
    .refine((text) => !text.includes('\0'), { message: 'NUL characters are not allowed here.' });

/** An image or video: exactly one of a URL, an asset's id, and the data itself in base64 (or as a data: URL). */
const media = {
  url: z.string().min(1).max(8_192).optional(),
  asset_id: storable(64).optional(),
  data: z.string().min(1).optional(),
};
const exactlyOne = (source: {
  readonly url?: string | undefined;
  readonly asset_id?: string | undefined;
  readonly data?: string | undefined;
}) => [source.url, source.asset_id, source.data].filter((value) => value !== undefined).length === 1;
const ONE_SOURCE = { message: 'Give exactly one of url, asset_id and data.' };

const inputImage = z.strictObject({ ...media, role: z.enum(IMAGE_ROLES).optional() }).refine(exactlyOne, ONE_SOURCE);
const inputVideo = z.strictObject(media).refine(exactlyOne, ONE_SOURCE);
export type NamedSource = z.output<typeof inputVideo>;

export const imageOutput = z.strictObject({
  ...shared,
  format: imageFormat.nullish(),
  background: background.nullish(),
  compression: compression.nullish(),
});
/** Of a task alone: a template and a replay are not watched while they are made. */
const taskImageOutput = imageOutput.extend({
  partial_images: partialImages
    .nullish()
    .describe('How many unfinished images to show while it is made, where the model can: `preview_url` of the task. Default: 0.'),
});
export const videoOutput = z.strictObject({
  ...shared,
  duration_s: duration.nullish(),
  audio: z.boolean().nullish(),
  format: z.enum(['mp4']).nullish(),
});

/** Fields that tasks of every type have. */
export const common = {
  model: z.string().min(1).max(255),
  callback_url: storable(2_048).nullish(),
  external_id: storable(255).nullish(),
  metadata: z
    .record(storable(64), storable(512, 0))
    .refine((pairs) => Object.keys(pairs).length <= 16, { message: 'Invalid metadata: at most 16 pairs.' })
    .nullish(),
  priority: z.enum(['low', 'normal', 'high']).nullish(),
  budget: z.strictObject({ max_cost_usd: z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be a decimal string such as "0.50"') }).nullish(),
  deadline: z.strictObject({ finish_within_s: z.int().min(1).max(LONGEST_DEADLINE_S) }).nullish(),
};

const textInput = z
  .strictObject({ messages: z.array(chatMessage).min(1).optional(), prompt: z.string().min(1).optional() })
  .refine((input) => (input.messages === undefined) !== (input.prompt === undefined), {
    message: 'Give either input.messages or input.prompt.',
  });

export const textTask = z.strictObject({
  ...common,
  ...routingFields,
  type: z.literal('text'),
  input: textInput,
  params: chatParams.nullish(),
});
export const imageTask = z.strictObject({
  ...common,
  ...routingFields,
  type: z.literal('image'),
  input: z.strictObject({
    prompt,
    negative_prompt: negativePrompt.nullish(),
    images: z.array(inputImage).max(MOST_IMAGES).nullish(),
  }),
  output: taskImageOutput.nullish(),
});
export const videoTask = z.strictObject({
  ...common,
  ...routingFields,
  type: z.literal('video'),
  input: z.strictObject({
    prompt,
    negative_prompt: negativePrompt.nullish(),
    images: z.array(inputImage).max(MOST_IMAGES).nullish(),
    video: inputVideo.nullish(),
  }),
  output: videoOutput.nullish(),
});

/** Body of `POST /v1/tasks` and `POST /v1/tasks/estimate`. */
export const taskBody = z
  .discriminatedUnion('type', [textTask, imageTask, videoTask], { error: 'must be text, image or video' })
  .meta({ id: 'TaskRequest' });
export type TaskBody = z.output<typeof taskBody>;
export type MediaTaskBody = Exclude<TaskBody, { type: 'text' }>;

const parameters = z.record(z.string(), z.unknown()).optional();

/** A task of a template: what that sets need not be given. */
const templatedTask = z
  .strictObject({
    ...common,
    ...routingFields,
    model: common.model.optional(),
    template: templateFields.template.unwrap().unwrap(),
    inputs: templateFields.inputs,
    type: z.enum(['text', 'image', 'video']).optional(),
    input: parameters,
    output: parameters,
    params: parameters,
  })
  .meta({ id: 'TemplatedTaskRequest', description: 'Parameters that the template does not allow to be set are refused.' });

/** What `POST /v1/tasks` and `POST /v1/tasks/estimate` take, for the document: a template is rendered before `taskBody` is checked. */
export const taskRequest = z.union([taskBody, templatedTask]);
