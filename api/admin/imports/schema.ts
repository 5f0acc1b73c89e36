import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../../domain/access/classes';
import { NOTICE_AUDIENCES, NOTICE_LANGUAGES } from '../../../domain/migration/notice';
import { MOST_UNPRICED } from '../../../domain/migration/plan-facts';
import { LEGACY_PRODUCTS } from '../../../domain/migration/source';
import { wholeListOf } from '../../fields/list';
import { keyName, network } from '../key-schema';

/** A group is one transaction, and its body is held whole. */
export const MOST_ROWS = 500;

/** What the source says of a key beside what is left of it; `?`: not known. */
export const keyState = z
  .string()
  .regex(/^[01] [01?] (-|\?|\d{1,15}) (-|\?|[0-9a-f]{8}) (-|\?|[0-9a-f]{8})$/, 'must be five words such as "1 1 - - -"')
  .describe('What the source says of it: enabled, limited, the expiry, marks of its models and addresses; a delta compares them.');
/** What the source says of a user. */
export const memberState = z.enum(['0', '1']).describe('Whether the source lets them in; a delta compares it.');
const legacyId = z.string().min(1).max(64);
const team = z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be the name of a team');
const usd = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars such as "12.5"');
const balance = z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars; a debt is below 0: "-0.25"');
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' });
const count = z.int().min(0);
const rows = <Row extends z.ZodType>(row: Row) => z.array(row).max(MOST_ROWS).default([]);
const definition = z.looseObject({ name: z.string().min(1).max(128) });

/** Body of `POST /admin/v1/imports`. */
export const newImportSchema = z
  .strictObject({
    source: z.string().min(8).max(128).describe('Tells installations apart: the same for every group of one move.'),
    product: z.enum(LEGACY_PRODUCTS),
    location: z.string().min(1).max(2_000).describe('Where it is, without a password.'),
    dry_run: z.boolean().default(false).describe('Begin nothing: `id` is null unless the move has begun before.'),
    plan: z
      .strictObject({
        snapshot_at: z.string().min(10).max(40),
        old_base_url: z.string().max(2_000).nullable(),
        teams: count,
        members: count,
        keys: count,
        models: count.describe('With a price.'),
        unpriced: z.strictObject({ count, names: z.array(z.string().min(1).max(255)).max(MOST_UNPRICED) }),
        debts: count,
        checklist: z
          .strictObject({
            routeless: count.describe('Models without a route.'),
            without_email: count.describe('Members who cannot sign in.'),
            balance_usd: balance.describe('Sum of the members.'),
            providers: z.array(z.string().min(1).max(128)).max(10_000).describe('Those that have a key to call them with.'),
            usage: z.strictObject({ rows: count, spent_usd: z.string().max(40), include: z.boolean() }),
            history: z.strictObject({ tasks: count, include: z.boolean() }),
          })
          .describe('What the checklist measures by.'),
      })
      .optional()
      .describe('What the plan says that notices and the checklist tell of; kept until another is given.'),
  })
  .meta({ id: 'NewImport' });

/** Body of `POST /admin/v1/imports/{id}/rows`. */
export const importRowsSchema = z
  .strictObject({
    dry_run: z.boolean().default(false).describe('Say what would be done, and do nothing.'),
    teams: rows(z.strictObject({ legacy_id: z.string().min(1).max(200), name: team, price_factor: usd })),
    providers: rows(z.strictObject({ legacy_id: legacyId, definition })).describe('As `POST /admin/v1/providers` takes them.'),
    models: rows(z.strictObject({ legacy_id: z.string().min(1).max(200), definition })).describe('As `POST /admin/v1/models` takes them.'),
    members: rows(
      z.strictObject({
        legacy_id: legacyId,
        name: z.string().min(1).max(200),
        email: z.email().max(320).nullable(),
        team,
        balance_usd: balance,
        at_source_usd: balance.optional().describe('What the source said, where the plan says something else: a delta counts from here.'),
        enabled: z.boolean(),
        at_source_state: memberState.optional(),
      }),
    ),
    credentials: rows(
      z.strictObject({
        legacy_id: legacyId,
        owner_id: legacyId.describe('Legacy id of the member whose balance it uses.'),
        team,
        name: keyName,
        class: z.enum(CREDENTIAL_CLASSES),
        key_hash: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the key, with "sk-" before it, in hex')
          .describe('The key itself is never sent.'),
        hint: z.string().max(16),
        limit_usd: usd.nullable(),
        at_source_usd: usd.optional().describe('What the source said was left, where the plan says something else.'),
        expires_at: time.nullable(),
        models: z.array(z.string().min(1).max(255)).min(1).max(1_000),
        ip_allow: z.array(network).min(1).max(1_000).nullable(),
        enabled: z.boolean(),
        owner_enabled: z
          .boolean()
          .default(true)
          .describe('false: its owner is not let in. One who was here before stays so, and the key comes in revoked.'),
        at_source_state: keyState.optional(),
      }),
    ),
    tasks: rows(
      z.strictObject({
        table: z.enum(['tasks', 'midjourneys']),
        legacy_id: count,
        owner_id: legacyId,
        platform: z.string().max(100),
        action: z.string().max(100),
        model: z.string().max(255).nullable(),
        prompt: z.string().max(100_000).nullable(),
        succeeded: z.boolean(),
        fail_reason: z.string().max(10_000).nullable(),
        urls: z.array(z.string().max(8_192)).max(100),
        cost_usd: balance,
        created_at: time,
        finished_at: time.nullable(),
      }),
    ),
    usage: z
      .strictObject({
        through: count.describe('Id of the last row of the log that is in it.'),
        rows: rows(
          z.strictObject({
            hour: time,
            owner_id: legacyId,
            credential_id: legacyId.nullable(),
            model: z.string().max(255),
            modality: z.enum(['text', 'image', 'video']),
            requests: count,
            input_tokens: count,
            output_tokens: count,
            cost_usd: usd,
          }),
        ),
      })
      .optional(),
  })
  .meta({ id: 'ImportRows' });
export type ImportRows = z.output<typeof importRowsSchema>;

/** Query of `GET /admin/v1/imports/{id}/keys`. */
export const importedKeysQuery = z.strictObject({
  legacy_ids: z.string().regex(/^[^,]{1,64}(,[^,]{1,64}){0,99}$/, 'must be 1 to 100 ids with commas between them'),
});

const counts = z.object({ teams: z.int(), providers: z.int(), models: z.int(), users: z.int(), keys: z.int(), tasks: z.int() });
export const importSchema = z
  .object({
    object: z.literal('import'),
    id: z.string().nullable(),
    source: z.string(),
    product: z.enum(LEGACY_PRODUCTS),
    location: z.string(),
    usage_through: z.int(),
    counts,
    balance_usd: z.string().describe('Sum of the opening balances.'),
    ledger_usd: z.string().describe('What the ledger says of them.'),
    delta: z
      .object({ at: z.string(), spent_usd: z.string(), added_usd: z.string() })
      .nullable()
      .describe('What changed at the source since and was booked.'),
    created_at: z.string().nullable(),
    updated_at: z.string().nullable(),
  })
  .meta({ id: 'Import' });
export const importListSchema = wholeListOf(importSchema);
const outcome = z.object({
  imported: z.int(),
  unchanged: z.int().describe('There from an earlier time.'),
  skipped: z.array(z.object({ legacy_id: z.string(), reason: z.string(), message: z.string().optional() })),
});
export const importOutcomeSchema = z
  .object({
    object: z.literal('import_rows'),
    dry_run: z.boolean(),
    teams: outcome,
    providers: outcome,
    models: outcome,
    members: outcome,
    credentials: outcome,
    tasks: outcome,
    usage: outcome,
  })
  .meta({ id: 'ImportOutcome' });
export const importedKeysSchema = wholeListOf(
  z.object({
    object: z.literal('imported_key'),
    legacy_id: z.string(),
    team: z.string(),
    name: z.string(),
    owner: z.string().nullable(),
    limit_usd: z.string().nullable(),
    expires_at: z.string().nullable(),
    models: z.array(z.string()),
    revoked: z.boolean(),
    key_hash: z.string(),
  }),
);

const day = z.iso.date({ error: 'must be a day such as 2026-12-01' });
/** Query of `GET /admin/v1/imports/{id}/notices`; what is left out stands in the texts as a blank. */
export const noticesQuery = z.strictObject({
  from: day.optional().describe('From when the new address holds.'),
  until: day.optional().describe('Until when the old one works.'),
  contact: z.string().max(200).optional().describe('Whom to ask.'),
  base_url: z.string().max(2_000).optional().describe('The new address, with /v1; absent: that of this installation.'),
});
export const noticesSchema = wholeListOf(
  z.object({
    object: z.literal('import_notice'),
    audience: z.enum(NOTICE_AUDIENCES),
    lang: z.enum(NOTICE_LANGUAGES),
    text: z.string(),
  }),
);
