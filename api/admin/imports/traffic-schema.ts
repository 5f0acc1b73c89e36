import { z } from 'zod';
import { SPLITS } from '../../../domain/migration/traffic';
import { listOf, pageLimit } from '../../fields/list';
import { network } from '../key-schema';
import { keyState, memberState, MOST_ROWS } from './schema';

const percent = z
  .number()
  .min(0)
  .max(100)
  .refine((share) => Number.isInteger(Math.round(share * 1e6) / 1e4), 'must have at most two places')
  .describe('Of the keys: the share that is served here.');
const legacyId = z.string().min(1).max(64);
const name = z.string().min(1).max(200);
const left = z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars; a debt is below 0: "-0.25"');
const some = <Row extends z.ZodType>(row: Row) => z.array(row).max(1_000).default([]);

/** Body of `PUT /admin/v1/imports/{id}/traffic`. */
export const newTrafficSchema = z
  .strictObject({
    base_url: z
      .url({ protocol: /^https?$/, error: 'must be an address such as https://old.example' })
      .max(2_000)
      .optional()
      .describe('Of the old gateway, with or without /v1. Required the first time.'),
    percent,
    split_by: z
      .enum(SPLITS)
      .default('key')
      .describe('`member`: all keys of a person are on one side, so that one balance is spent on one side at a time.'),
    models: z
      .array(z.string().min(1).max(255))
      .max(5_000)
      .nullable()
      .optional()
      .describe('That the old gateway serves; null: all. Absent: as before.'),
    teams: some(z.strictObject({ team: name, percent })).describe('Teams with a share of their own.'),
    keys: some(z.strictObject({ team: name, name, percent })).describe('Keys with a share of their own: 0 or 100.'),
  })
  .meta({ id: 'NewImportTraffic' });
export type NewTraffic = z.output<typeof newTrafficSchema>;

/** Body of `POST /admin/v1/imports/{id}/traffic/keys`. */
export const oldKeysSchema = z
  .strictObject({
    keys: z
      .array(z.strictObject({ legacy_id: legacyId, key: z.string().regex(/^[A-Za-z0-9]{8,128}$/, 'must be a key without sk-') }))
      .min(1)
      .max(MOST_ROWS),
  })
  .meta({ id: 'OldKeys' });
export const keptKeysSchema = z
  .object({
    object: z.literal('import_old_keys'),
    kept: z.int(),
    refused: z.array(z.string()).describe('Legacy ids: not the key that came in.'),
  })
  .meta({ id: 'KeptOldKeys' });

const sides = z.object({
  kept: z.int().describe('Old keys that are kept for calls of the old gateway; keys without one are served here.'),
  here: z.int(),
  old: z.int(),
});
export const trafficSchema = z
  .object({
    object: z.literal('import_traffic'),
    import_id: z.string(),
    state: z.enum(['off', 'on']).describe('`off`: every key is served here, and none of the old keys is kept.'),
    provider: z.string().nullable().describe('The old gateway among the providers.'),
    base_url: z.string().nullable(),
    percent: z.number(),
    split_by: z.enum(SPLITS),
    models: z.array(z.string()).nullable(),
    teams: z.array(z.object({ team: z.string(), percent: z.number() })),
    keys: z.array(z.object({ team: z.string(), name: z.string(), percent: z.number() })),
    old_keys: sides,
    began_at: z.string().nullable(),
    updated_at: z.string().nullable(),
  })
  .meta({ id: 'ImportTraffic' });

const spent = z.object({
  since: z.string(),
  total_usd: z.string(),
  data: z.array(z.object({ team: z.string(), key: z.string(), owner: z.string().nullable(), requests: z.int(), spent_usd: z.string() })),
});
export const rollbackSchema = z
  .object({
    object: z.literal('import_rollback'),
    traffic: trafficSchema,
    spent_here: spent.describe(
      'By the keys of the move since its traffic began: the old gateway does not know of it. The highest first, at most 1,000.',
    ),
  })
  .meta({ id: 'ImportRollback' });

const balances = z
  .array(z.strictObject({ legacy_id: legacyId, left_usd: left }))
  .max(MOST_ROWS)
  .default([]);
/** Body of `POST /admin/v1/imports/{id}/delta`. */
export const newDeltaSchema = z
  .strictObject({
    dry_run: z.boolean().default(false),
    members: balances.describe('What the source says is left to them now.'),
    credentials: balances.describe('Keys with a limit: what is left of it now.'),
    member_states: z
      .array(z.strictObject({ legacy_id: legacyId, state: memberState }))
      .max(MOST_ROWS)
      .default([])
      .describe('Whom the source lets in now.'),
    key_states: z
      .array(
        z.strictObject({
          legacy_id: legacyId,
          state: keyState,
          left_usd: left.nullable().describe('Null: not limited.'),
          expires_at: z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' }).nullable(),
          models: z.array(z.string().min(1).max(255)).min(1).max(1_000),
          ip_allow: z.array(network).min(1).max(1_000).nullable(),
        }),
      )
      .max(MOST_ROWS)
      .default([])
      .describe(
        'What the source says of keys beside that. What differs from what it said last is taken over, and goes before what is left.',
      ),
  })
  .meta({ id: 'NewImportDelta' });
export type NewDelta = z.output<typeof newDeltaSchema>;
const booked = z.object({
  changed: z.int(),
  unchanged: z.int(),
  unknown: z.array(z.string()).describe('Legacy ids that did not come in, or have no limit here.'),
  spent_usd: z.string(),
  added_usd: z.string(),
});
const taken = z.object({
  refused: z.array(z.string()).describe('Legacy ids: the source refuses them now, and so they are refused here.'),
  restored: z.array(z.string()).describe('The source lets them in again.'),
  bounds: z.array(z.string()).describe('Expiry, models, addresses, or whether there is a limit.'),
  unknown: z.array(z.string()).describe('They did not come in.'),
});
export const deltaSchema = z
  .object({
    object: z.literal('import_delta'),
    dry_run: z.boolean(),
    members: booked,
    credentials: booked,
    member_states: taken,
    key_states: taken,
  })
  .meta({ id: 'ImportDelta' });

/** Query of `GET /admin/v1/imports/{id}/tasks`. */
export const importedTasksQuery = z.strictObject({ limit: pageLimit, after: z.string().min(1).max(64).optional() });
export const importedTasksSchema = listOf(
  z.object({
    object: z.literal('imported_task'),
    id: z.string(),
    team: z.string(),
    owner: z.string().nullable(),
    platform: z.string(),
    action: z.string(),
    model: z.string().nullable(),
    prompt: z.string().nullable(),
    status: z.enum(['succeeded', 'failed']),
    fail_reason: z.string().nullable(),
    urls: z.array(z.string()),
    cost_usd: z.string(),
    created_at: z.string(),
    finished_at: z.string().nullable(),
  }),
);
