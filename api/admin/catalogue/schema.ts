import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../../domain/access/classes';
import { FALLBACK_CAUSES, MODALITIES, STRATEGIES } from '../../../domain/provider/catalogue';
import { wholeListOf } from '../../fields/list';

// What providers and models are checked by is the schema of the configuration file, for bodies are in its spelling. Here they are described.

export const state = z.enum(['closed', 'open', 'half_open']);
const managed = {
  managed_by: z.enum(['file', 'api']).describe('file: the configuration file names it; it is changed there.'),
  created_at: z.string(),
  updated_at: z.string(),
};
const weight = z.number();
const network = {
  base_url: z.string().optional().describe("Default: the vendor's public address."),
  headers: z.record(z.string(), z.string()).optional().describe('Of those that carry keys an answer has the end only: "…1f2e".'),
  honours_idempotency_key: z.boolean().optional(),
  on_unknown_outcome: z.enum(['stop', 'retry']).optional(),
  poll_ms: z.int().optional(),
  webhooks: z.boolean().optional(),
  max_concurrency: z.int().optional(),
  classes: z.array(z.enum(CREDENTIAL_CLASSES)).optional(),
  limits: z.object({ requests_per_minute: z.int().optional(), concurrent: z.int().optional() }).optional(),
  breaker: z.object({ failures: z.int(), window_s: z.int(), open_s: z.int() }).partial().optional(),
  probe: z.object({ every_s: z.int(), model: z.string().optional() }).optional(),
};
export const newProviderSchema = z
  .looseObject({
    name: z.string(),
    kind: z.string(),
    enabled: z.boolean().optional().describe('false: nothing is sent there until it is enabled.'),
    api_key: z.string().optional().describe('The key itself; an answer never has it. Kinds with other secrets have other names for them.'),
    keys: z
      .array(z.looseObject({ name: z.string(), weight: weight.optional(), api_key: z.string().optional() }))
      .optional()
      .describe('In place of `api_key`: several keys. A key that a change names without its secrets keeps them.'),
    ...network,
  })
  .meta({
    id: 'NewProvider',
    description: 'In the spelling of the configuration file, with the options of its kind (docs/configuration.md).',
  });
export const providerChangeSchema = newProviderSchema.partial().meta({
  id: 'ProviderChange',
  description: 'What is not given stays; null is as if it had never been given; headers are changed one by one.',
});

export const providerSchema = z
  .looseObject({
    object: z.literal('provider'),
    name: z.string(),
    kind: z.string(),
    ...managed,
    ...network,
    enabled: z.boolean(),
    keys: z.array(
      z.object({
        name: z.string(),
        weight,
        state: state.describe('The worst of its breakers.'),
        hints: z.record(z.string(), z.string()).describe('How each of its secrets ends: `{"api_key": "…1f2e"}`.'),
      }),
    ),
    health: z
      .object({
        success_rate: z.number().nullable(),
        latency_ms_p50: z.number().nullable(),
        latency_ms_p95: z.number().nullable(),
        requests_5m: z.int(),
        balances: z
          .array(
            z.object({
              key: z.string(),
              amounts: z
                .array(z.object({ amount: z.string(), currency: z.string().describe('As the provider counts: USD, CNY, credits.') }))
                .describe('Nothing is converted. Empty: it told none yet, or has no limit.'),
              at: z.string().nullable().describe('When it told them.'),
              asked_at: z.string(),
              error: z.string().nullable().describe('Why it could not be asked the last time.'),
            }),
          )
          .describe('What is left of the account of each key, where the provider can be asked.'),
      })
      .describe('Of the last 5 minutes, by all processes; and what is left of the accounts.'),
    breakers: z.array(
      z.object({
        model: z.string(),
        key: z.string(),
        state,
        opened_at: z.string().nullable(),
        next_probe_at: z.string().nullable(),
        last_error: z.string().nullable(),
      }),
    ),
    last_probe: z
      .object({
        at: z.string(),
        ok: z.boolean(),
        message: z.string(),
        duration_ms: z.int(),
        cost_usd: z.string(),
        total_cost_usd: z.string().describe('Of all its probes so far.'),
      })
      .nullable()
      .describe('Of a provider with `probe`: its last call by ourselves. The installation pays for it; it is in no budget and no ledger.'),
  })
  .meta({ id: 'Provider' });
export const providerListSchema = wholeListOf(providerSchema);
export const testSchema = z
  .strictObject({
    model: z
      .string()
      .min(1)
      .max(256)
      .nullish()
      .describe("A model of ours, or one of the provider's. Where no model leads to the provider yet, any of its own."),
  })
  .meta({ id: 'ProviderTest' });
export const testAnswerSchema = z
  .object({
    ok: z.boolean(),
    steps: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string(), duration_ms: z.int() })),
  })
  .meta({ id: 'ProviderTestResult' });

const anything = z.record(z.string(), z.unknown());
const price = z
  .union([z.literal(['free', 'catalogue']), anything])
  .describe(
    'As in the configuration file: `{"input_per_1m_usd": "0.25", "output_per_1m_usd": "2.00"}`, free, or catalogue: that of its routes.',
  );
const route = z.object({
  provider: z.string(),
  model: z.string().describe("The provider's name of it."),
  priority: z.int().optional(),
  weight: weight.optional(),
  when: z.object({ classes: z.array(z.enum(CREDENTIAL_CLASSES)) }).optional(),
  cost: price.optional().describe("What the provider takes; default: its row of the price catalogue, else the model's price."),
  options: anything.optional(),
  map: z.record(z.string(), z.string()).optional(),
});
export const newDefinedModelSchema = z
  .object({
    name: z.string(),
    enabled: z.boolean().optional().describe('false: it is kept, and requests for it are answered with `model_not_found`.'),
    modality: z.enum(MODALITIES),
    tier: z.string().optional(),
    price: price.optional(),
    routes: z.array(route),
    strategy: z.enum(STRATEGIES).optional(),
    fallbacks: z.partialRecord(z.enum(FALLBACK_CAUSES), z.array(z.string())).optional(),
    max_output_tokens: z.int().optional(),
    context_window: z.int().optional(),
    timeouts: z.object({ first_byte_ms: z.int(), submit_ms: z.int(), idle_ms: z.int(), total_ms: z.int() }).partial().optional(),
    retries: z.object({ per_route: z.int() }).optional(),
    capabilities: anything.optional(),
    label: z.string().optional().describe('What people read; default: the name.'),
    description: z.string().optional(),
    preview_url: z.string().optional().describe('Of an image that shows what it makes.'),
    source: z.string().optional().describe('Where its price was read.'),
    as_of: z.string().optional().describe('When: a date.'),
    shutdown_date: z.string().optional(),
  })
  .meta({ id: 'NewDefinedModel', description: 'In the spelling of the configuration file (docs/configuration.md).' });
export const definedModelChangeSchema = newDefinedModelSchema.partial().meta({
  id: 'DefinedModelChange',
  description: 'What is not given stays; null is as if it had never been given. Routes are given whole.',
});
export const definedModelSchema = newDefinedModelSchema
  .extend({ object: z.literal('model'), available: z.boolean().describe('False: it is off, has no price or no provider.'), ...managed })
  .meta({ id: 'DefinedModel', description: 'With every default written out.' });
export const definedModelListSchema = wholeListOf(definedModelSchema);

export const removedSchema = z.object({ object: z.enum(['provider', 'model']), name: z.string(), deleted: z.literal(true) });
