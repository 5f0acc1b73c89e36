import { z } from 'zod';
import { MODALITIES } from '../../domain/provider/catalogue';
import { CREDENTIAL_CLASSES, IMAGES_DEFAULTS } from '../../domain/access/caller';

const name = z.string().min(1).max(100);
const usd = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars such as "12.5"');

/** Body of `POST /admin/v1/keys`. */
export const newKeySchema = z
  .strictObject({
    team: name,
    name,
    class: z.enum(CREDENTIAL_CLASSES),
    limit_usd: usd.nullish(),
    models: z.array(z.string().min(1).max(255)).min(1).max(1_000).default(['*']),
    images_default: z.enum(IMAGES_DEFAULTS).default('b64_json').describe('Image format for requests without response_format.'),
    models_default: z.enum(MODALITIES).nullish().describe('What GET /v1/models lists by default; null: all.'),
  })
  .meta({ id: 'NewKey' });

/** Query of `GET /admin/v1/keys`. */
export const listKeysSchema = z.strictObject({ team: name.optional() });

/** Body of `POST /admin/v1/config/check` and `/apply`. */
export const configSchema = z
  .strictObject({
    yaml: z.string().max(1_000_000),
    env: z.record(z.string().max(255), z.string().max(10_000)).default({}),
  })
  .meta({ id: 'Configuration' });

export const keyAnswerSchema = z
  .object({
    object: z.literal('key'),
    team: z.string(),
    name: z.string(),
    class: z.enum(CREDENTIAL_CLASSES),
    limit_usd: z.string().nullable(),
    spent_usd: z.string(),
    held_usd: z.string(),
    models: z.array(z.string()),
    images_default: z.enum(IMAGES_DEFAULTS),
    models_default: z.enum(MODALITIES).nullable(),
    hint: z.string().describe('The first characters of the key.'),
    created_at: z.string(),
    revoked_at: z.string().nullable(),
    key: z.string().optional().describe('The key itself: only in the response that created it.'),
  })
  .meta({ id: 'Key' });

export const keyListSchema = z.object({ object: z.literal('list'), data: z.array(keyAnswerSchema), has_more: z.literal(false) });

const names = z.array(z.string());
export const faultsSchema = z.object({ ok: z.boolean(), faults: z.array(z.object({ path: z.string(), message: z.string() })) });
export const reportSchema = z.object({ version: z.int(), created: names, updated: names, disabled: names, unchanged: names });
export const secretSchema = z.object({ team: z.string(), callback_secret: z.string() });
export const ledgerSchema = z
  .object({ ok: z.boolean(), accounts: z.int(), entries: z.int(), open_reservations: z.int(), problems: names })
  .meta({ id: 'LedgerReport' });
