import { z } from 'zod';
import { TEMPLATE_STATES, TEMPLATE_VISIBILITIES } from '../../domain/template/template';
import { listOf } from '../fields/list';
import { templateCreate } from './schema';

const time = z.string().meta({ format: 'date-time' });
const { name, type, inputs, overridable } = templateCreate.shape;
const text = z.string().nullable();
const image = z.object({ asset_id: z.string(), role: z.string().optional() });
const values = z.record(z.string(), z.unknown());

/** A template in a list: without the texts of its body. */
const templateSummaryAnswer = z
  .object({
    id: z.string(),
    object: z.literal('template'),
    name,
    type,
    state: z.enum(TEMPLATE_STATES),
    version: z.int().describe('The version whose body this is.'),
    published_version: z.int().nullable().describe('The version that requests mean by the name alone.'),
    versions: z.int().describe('How many there are, counted from 1.'),
    visibility: z.enum(TEMPLATE_VISIBILITIES),
    team: z.string(),
    created_at: time,
    updated_at: time,
    created_by: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    inputs: inputs.unwrap(),
    model: text,
    overridable: overridable.unwrap(),
    preview_asset_ids: z.array(z.string()),
  })
  .meta({ id: 'TemplateSummary' });

/** A template with the body of one version. */
export const templateAnswer = templateSummaryAnswer
  .extend({
    prompt: text,
    negative_prompt: text,
    messages: z.array(values).nullable(),
    images: z.array(image).optional(),
    video: image.nullable().optional(),
    output: values.optional(),
    params: values.optional(),
    warnings: z.array(z.string()).optional().describe('Of a version that was just made.'),
  })
  .meta({ id: 'Template' });

export const templateListAnswer = listOf(templateSummaryAnswer).meta({ id: 'TemplateList' });

const version = z.object({
  object: z.literal('template.version'),
  template: z.string(),
  version: z.int(),
  published: z.boolean(),
  created_at: time,
  created_by: z.string(),
  sha256: z.string().describe('Of the stored body.'),
  bytes: z.int(),
});
export const templateVersionAnswer = templateAnswer.extend(version.shape).meta({ id: 'TemplateVersion' });
export const templateVersionListAnswer = listOf(version).meta({ id: 'TemplateVersionList' });

/** What a request would make. */
export const templateRenderingAnswer = z
  .object({
    object: z.literal('template.rendering'),
    template: z.object({ name: z.string(), version: z.int() }),
    task: values.describe('A body for `POST /v1/tasks`.'),
    cost: z.object({ currency: z.literal('USD'), estimated: z.string() }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'TemplateRendering' });
