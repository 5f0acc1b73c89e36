import { z } from 'zod';
import { MODALITIES } from '../../../domain/provider/catalogue';

/** Query of `GET /v1/models`. What else clients send with it is ignored. */
export const listModelsSchema = z.object({
  modality: z
    .enum([...MODALITIES, 'all'])
    .optional()
    .describe('Default: the setting of the key (`models_default`), else all.'),
  limit: z.coerce.number().int().min(1).optional().describe('Default: all models in one page.'),
  after: z.string().optional().describe('The last id of the previous page.'),
  after_id: z.string().optional().describe("Anthropic's name of `after`."),
  before_id: z.string().optional(),
  client_version: z.string().optional().describe('Sent by the Codex CLI: adds `models` in its shape.'),
});

const texts = z.array(z.string());
const anything = z.record(z.string(), z.unknown());

/** A key that is not known is left out; none is null. */
export const modelAnswer = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
    name: z.string(),
    display_name: z.string(),
    label: z.string().optional().describe('As the operator calls it.'),
    description: z.string().optional(),
    preview_url: z.string().optional(),
    available: z.boolean().describe('False: listed, but it currently has no price or no provider.'),
    modality: z.enum(MODALITIES),
    tier: z.string().optional(),
    context_window: z.int().optional(),
    context_length: z.int().optional().describe("OpenRouter's name of `context_window`."),
    max_output_tokens: z.int().optional(),
    architecture: z.object({ input_modalities: texts, output_modalities: texts }).describe("As OpenRouter's."),
    supported_parameters: texts,
    capabilities: anything,
    pricing: anything.optional(),
    typical_s: z.object({ p50: z.number(), p90: z.number() }).optional().describe('How long its tasks took of late, in seconds.'),
    shutdown_date: z.iso.date().optional().describe('When its vendor ends the model.'),
    warnings: texts.optional().describe('What to know before using it: that its vendor ends it within 30 days.'),
  })
  .meta({ id: 'Model' });

const edges = { first_id: z.string().nullable(), last_id: z.string().nullable(), has_more: z.boolean() };

export const modelListAnswer = z
  .object({
    object: z.literal('list'),
    data: z.array(modelAnswer),
    ...edges,
    models: z.array(anything).optional().describe('Only with `client_version`: text models as the Codex CLI reads them.'),
  })
  .meta({ id: 'ModelList' });
