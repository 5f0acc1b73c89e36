import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../domain/access/classes';
import { LEGACY_PRODUCTS } from '../../domain/migration/source';

const include = z.boolean().optional();
const text = z.string();
const id = z.int();
const usd = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars such as "12.5"');
const signedUsd = z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars; a debt is below 0');
const ratio = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string with at most 6 places, such as "0.8"');
const some = z.array(text.min(1)).min(1).nullable();

/** What apply reads of a plan's facts beside its lists. */
export const HEAD_SCHEMA = z.looseObject({
  version: z.literal(1, 'must be 1: this plan was made by another version of Atelier'),
  source: z.looseObject({
    product: z.enum(LEGACY_PRODUCTS),
    version: text,
    snapshot_at: text,
    location: text,
    log_location: text.optional(),
    fingerprint: text,
  }),
  old_gateway: z.looseObject({ base_url: text.nullable() }),
  balances: z.looseObject({ source_quota: text, source_usd: text }),
  history: z.looseObject({ tasks: id, midjourneys: id, include: z.boolean() }),
  usage: z.looseObject({ rows: id, spent_usd: text, include: z.boolean() }),
  tables: z.record(text, z.object({ rows: id, imported: id, skipped: id })),
});
export type PlanHeadFacts = z.output<typeof HEAD_SCHEMA>;

const route = z.strictObject({ provider: text, model: text, priority: z.int().optional(), weight: z.number().optional() });

/** Entries as people may change them. */
export const ENTRY_SCHEMAS = {
  teams: z.strictObject({ include, legacy_group: text, name: text, ratio: ratio.nullable() }),
  providers: z.strictObject({
    include,
    legacy_id: id,
    name: text,
    kind: text,
    base_url: text,
    enabled: z.boolean(),
    keys: z.array(z.strictObject({ name: text, enabled: z.boolean() })).min(1),
  }),
  models: z.strictObject({
    include,
    name: text,
    modality: z.enum(['text', 'image', 'video']),
    price: z.union([z.literal('free'), z.record(text, text)]).nullable(),
    capabilities: z.record(text, z.boolean()).optional(),
    routes: z.array(route),
  }),
  members: z.strictObject({
    include,
    legacy_id: id,
    name: text,
    display_name: text,
    email: text.nullable(),
    team: text,
    balance_usd: signedUsd,
    at_source_usd: signedUsd.optional(),
    enabled: z.boolean(),
    at_source_state: text.optional(),
  }),
  credentials: z.strictObject({
    include,
    legacy_id: id,
    name: text,
    owner: text,
    team: text,
    class: z.enum(CREDENTIAL_CLASSES),
    limit_usd: usd.nullable(),
    at_source_usd: usd.optional(),
    expires_at: text.nullable(),
    models: some,
    ip_allow: some,
    enabled: z.boolean(),
    at_source_state: text.optional(),
  }),
  skipped: z.looseObject({ entity: text, legacy_id: id.nullable(), reason: text }),
  warnings: z.looseObject({ category: text, entity: text, message: text }),
} as const;
