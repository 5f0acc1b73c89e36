import { z } from 'zod';
import { INPUT_NAME } from '../../domain/template/placeholders';
import { TEMPLATE_NAME } from '../../domain/template/reference';
import { INPUT_TYPES, TEMPLATE_STATES, TEMPLATE_VISIBILITIES } from '../../domain/template/template';
import { LONGEST_TEXT } from '../../domain/template/inputs';
import { IMAGE_ROLES } from '../../domain/task/generation';
import { pageLimit } from '../fields/list';
import { chatMessage } from '../openai/chat/messages';
import { storable } from '../tasks/schema';

const MOST_INPUTS = 64;
const MOST_IMAGES = 16;
const MOST_FILE_BYTES = 2 * 1024 ** 3;

const words = (most: number) =>
  z.union([storable(most, 0), z.strictObject({ en: storable(most, 0).optional(), zh: storable(most, 0).optional() })], {
    error: 'must be text, or {en, zh}',
  });

/** An image or video of a template: as the asset it is, or to be kept as one. */
const medium = { asset_id: storable(64).optional(), url: z.string().min(1).max(8_192).optional(), data: z.string().min(1).optional() };
const oneSource = (source: object) => Object.values(source).filter((value) => value !== undefined).length === 1;
const ONE_SOURCE = { message: 'Give exactly one of asset_id, url and data.' };
export const templateMedium = z.strictObject(medium).refine(oneSource, ONE_SOURCE);
const templateImage = z
  .strictObject({ ...medium, role: z.enum(IMAGE_ROLES).optional() })
  .refine(({ role: _role, ...source }) => oneSource(source), ONE_SOURCE);

const templateInput = z
  .strictObject({
    type: z.enum(INPUT_TYPES),
    required: z.boolean().optional(),
    default: z.union([z.string().max(LONGEST_TEXT), z.number(), z.boolean(), templateMedium]).optional(),
    label: words(100).optional().describe('Its name for people, by language or one for all.'),
    description: words(500).optional(),
    max_length: z
      .int()
      .min(1)
      .max(LONGEST_TEXT)
      .optional()
      .describe(`Of string and text, in characters; default ${String(LONGEST_TEXT)}.`),
    max_bytes: z.int().min(1).max(MOST_FILE_BYTES).optional().describe('Of string and text in UTF-8, image and video.'),
    min: z.number().optional(),
    max: z.number().optional(),
    values: z
      .array(z.union([z.string().min(1).max(200), z.number()]))
      .min(1)
      .max(200)
      .optional(),
    role: z.enum(IMAGE_ROLES).optional().describe('Of an image: what it is for.'),
  })
  .meta({ id: 'TemplateInput' });

const inputName = z.string().regex(INPUT_NAME, 'must be a name of letters, digits, "_" and "-" that begins with a letter');
const jsonObject = z.record(z.string().min(1).max(64), z.unknown());

const bodyFields = {
  description: storable(2_000, 0).default(''),
  tags: z.array(storable(64)).max(32).default([]),
  inputs: z
    .record(inputName, templateInput)
    .refine((inputs) => Object.keys(inputs).length <= MOST_INPUTS, { message: `A template has at most ${String(MOST_INPUTS)} inputs.` })
    .default({}),
  model: z.string().min(1).max(255).nullish().describe('Left out: each request names one.'),
  prompt: z.string().max(LONGEST_TEXT).nullish().describe('`{{name}}` stands for an input; `\\{{` for two braces.'),
  negative_prompt: z.string().max(LONGEST_TEXT).nullish(),
  messages: z.array(chatMessage).min(1).max(200).nullish().describe('Of a text template.'),
  images: z.array(templateImage).max(MOST_IMAGES).default([]).describe('Reference images of every generation; kept as assets.'),
  video: templateMedium.nullish(),
  output: jsonObject.default({}).describe('Creative parameters of images and videos; a value may be the placeholder of an input.'),
  params: jsonObject.default({}).describe('Chat parameters of texts.'),
  overridable: z.array(storable(100)).max(64).default([]).describe('Parameters that a request may set itself, such as `output.seed`.'),
  preview_asset_ids: z.array(storable(64)).max(8).default([]),
};

const name = z.string().regex(TEMPLATE_NAME, 'must be 1 to 63 lower-case letters, digits and "-", such as "product-shot"');
const visibility = z.enum(TEMPLATE_VISIBILITIES).describe('organisation: all teams read and use it once it is published.');
const type = z.enum(['text', 'image', 'video']);

/** Body of `POST /v1/templates`. */
export const templateCreate = z
  .strictObject({ name, type, visibility: visibility.default('team'), ...bodyFields })
  .meta({ id: 'TemplateCreate' });

/** Body of `POST /v1/templates/{id}/versions`: all of the next version. */
export const templateVersionCreate = z
  .strictObject({ name: name.optional(), type: type.optional(), visibility: visibility.optional(), ...bodyFields })
  .meta({ id: 'TemplateVersionCreate' });
export type TemplateFields = z.output<typeof templateVersionCreate>;

/** Body of `POST /v1/templates/from-task`. */
export const templateFromTask = z
  .strictObject({
    task_id: storable(64),
    name,
    description: bodyFields.description,
    tags: bodyFields.tags,
    visibility: visibility.default('team'),
    inputs: z
      .record(
        inputName,
        z.union([z.string().min(1).max(LONGEST_TEXT), templateInput.extend({ replaces: z.string().min(1).max(LONGEST_TEXT).optional() })]),
      )
      .default({})
      .describe('An input with the text of the prompt that it replaces (`replaces`), or that text alone.'),
    prompt: bodyFields.prompt.describe("In place of the task's own, with placeholders."),
    overridable: bodyFields.overridable,
  })
  .meta({ id: 'TemplateFromTask' });

/** Body of `POST /v1/templates/{id}/publish`. */
export const templatePublish = z
  .strictObject({ version: z.int().min(1).optional().describe('Default: the newest.') })
  .meta({ id: 'TemplatePublish' });

/** Body of `POST /v1/templates/{id}/render`. */
export const templateRender = z
  .strictObject({
    inputs: z.record(z.string(), z.unknown()).default({}),
    version: z.int().min(1).optional().describe('Default: the published one; of a draft the newest.'),
    overrides: z
      .strictObject({
        model: z.string().optional(),
        input: jsonObject.optional(),
        output: jsonObject.optional(),
        params: jsonObject.optional(),
      })
      .default({}),
  })
  .meta({ id: 'TemplateRender' });

/** Query of `GET /v1/templates`. */
export const templateListQuery = z.strictObject({
  type: type.optional(),
  tag: z.string().min(1).max(64).optional(),
  state: z.enum(TEMPLATE_STATES).optional(),
  q: z.string().min(1).max(200).optional().describe('Part of the name, the description or a tag.'),
  limit: pageLimit,
  after: z.string().min(1).max(64).optional(),
});

/** Query of `GET /v1/templates/{id}` and `…/export`. */
export const templateVersionQuery = z.strictObject({
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .optional(),
});
