import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { CREDENTIAL_CLASSES, IMAGES_DEFAULTS } from '../../domain/access/caller';
import { CREDENTIAL_STATES } from '../../domain/access/credential';
import { ENDPOINT_NAMES } from '../../domain/access/endpoints';
import { MODALITIES } from '../../domain/provider/catalogue';
import { listOf } from '../fields/list';
import { orNull } from '../http/nulls';

const team = z.string().min(1).max(100);
/** What a key may be called within its team. */
export const keyName = z
  .string()
  .regex(/^[^\s/\p{C}]([^/\p{C}]{0,98}[^\s/\p{C}])?$/u, 'must have 1 to 100 characters, without "/" and without spaces at its ends');
const usd = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars such as "12.5"');
const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(1_000);
const most = (limit: number) => z.int().min(1).max(limit);
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-31T00:00:00Z' });
export const network = z.string().refine(isNetwork, 'must be an address or a CIDR such as 10.0.0.0/8 or 2001:db8::/32');

const limits = z.strictObject({
  total_usd: orNull(usd).optional().describe('In all.'),
  monthly_usd: orNull(usd).optional().describe("In a calendar month of the team's time zone."),
  daily_usd: orNull(usd).optional().describe("In a day of the team's time zone."),
});
const rate = z.strictObject({
  requests_per_minute: orNull(most(10_000_000)).optional().describe('Generations per minute; after a rest all of them may come at once.'),
  tokens_per_minute: orNull(most(1_000_000_000))
    .optional()
    .describe('Input and most output of texts, as estimated when they come; what they used, once they have ended.'),
  concurrent: orNull(most(1_000_000)).optional().describe('Generations that have not ended.'),
});

/** What may be set of a key; null: none. */
const settings = {
  class: z.enum(CREDENTIAL_CLASSES),
  project: orNull(team).optional().describe('Name of a project of the team.'),
  owner: orNull(z.string().min(1).max(320)).optional().describe('E-mail or id of the person who answers for it.'),
  purpose: orNull(z.string().max(500)).optional().describe('What it is for, in words.'),
  expires_at: orNull(time).optional(),
  ip_allow: orNull(some(network)).optional().describe('Addresses and CIDRs from which it may be used.'),
  endpoints: orNull(some(z.enum(ENDPOINT_NAMES)))
    .optional()
    .describe('Parts of the API for which it may be used.'),
  models: some(z.string().min(1).max(255)),
  model_tiers: orNull(some(z.string().min(1).max(64)))
    .optional()
    .describe('Tiers of models that it may use.'),
  limit_usd: orNull(usd).optional().describe('Short for limits.total_usd.'),
  limits: orNull(limits).optional(),
  rate: orNull(rate).optional(),
  max_cost_per_request_usd: orNull(usd).optional().describe('What one request may cost at most.'),
  images_default: z.enum(IMAGES_DEFAULTS).describe('Image format for requests without response_format.'),
  models_default: orNull(z.enum(MODALITIES)).optional().describe('What GET /v1/models lists by default; null: all.'),
};

/** Body of `POST /admin/v1/keys`. */
export const newKeySchema = z
  .strictObject({
    team,
    name: keyName,
    ...settings,
    models: settings.models.default(['*']),
    images_default: settings.images_default.default('b64_json'),
  })
  .meta({ id: 'NewKey' });

/** Body of `PATCH /admin/v1/keys/{team}/{name}`. */
export const keyChangeSchema = z
  .strictObject({
    ...settings,
    class: settings.class.optional(),
    models: settings.models.optional(),
    images_default: settings.images_default.optional(),
  })
  .meta({ id: 'KeyChange' });

/** The longest overlap of a rotation: 90 days. */
const DAY_S = 24 * 3_600;
const LONGEST_OVERLAP_S = 90 * DAY_S;

/** Body of `POST /admin/v1/keys/{team}/{name}/rotate`. */
export const rotationSchema = z
  .strictObject({
    overlap_s: z.int().min(0).max(LONGEST_OVERLAP_S).default(DAY_S).describe('How long the key that is replaced stays valid.'),
  })
  .meta({ id: 'KeyRotation' });

/** Query of `GET /admin/v1/keys`. */
export const listKeysSchema = z.strictObject({
  team: team.optional(),
  project: team.optional(),
  class: z.enum(CREDENTIAL_CLASSES).optional(),
  owner: z.string().min(1).max(320).optional().describe('E-mail.'),
  state: z.enum(CREDENTIAL_STATES).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z
    .string()
    .regex(/^[^/]+\/./, 'must be the id of a key, such as "studio/site"')
    .optional(),
});

const amount = z.string().nullable();
export const keyAnswerSchema = z
  .object({
    object: z.literal('key'),
    id: z.string().describe('Team and name: "studio/site".'),
    team: z.string(),
    name: z.string(),
    class: z.enum(CREDENTIAL_CLASSES),
    managed_by: z.enum(['file', 'api']).describe('What the configuration file names is changed there.'),
    state: z.enum(CREDENTIAL_STATES),
    frozen: z.boolean().describe('Its requests are refused with `credential_frozen`.'),
    frozen_by: z.string().nullable().describe('`operator`: somebody did by hand; else the id of the incident.'),
    frozen_reason: z.string().nullable().describe('Why somebody froze it by hand.'),
    project: z.string().nullable(),
    owner: z.string().nullable().describe('E-mail.'),
    purpose: z.string().nullable(),
    limit_usd: amount.describe('As limits.total_usd.'),
    limits: z.object({ total_usd: amount, monthly_usd: amount, daily_usd: amount }),
    spent_usd: z.string(),
    held_usd: z.string().describe('Reserved for what runs.'),
    rate: z.object({
      requests_per_minute: z.int().nullable(),
      tokens_per_minute: z.int().nullable(),
      concurrent: z.int().nullable(),
    }),
    max_cost_per_request_usd: amount,
    expires_at: z.string().nullable(),
    ip_allow: z.array(z.string()).nullable(),
    endpoints: z.array(z.enum(ENDPOINT_NAMES)).nullable(),
    models: z.array(z.string()),
    model_tiers: z.array(z.string()).nullable(),
    images_default: z.enum(IMAGES_DEFAULTS),
    models_default: z.enum(MODALITIES).nullable(),
    hint: z.string().describe('The first characters of the key; safe to log.'),
    former_keys: z
      .array(z.object({ hint: z.string(), valid_until: z.string() }))
      .describe('Keys that rotations replaced and that are still valid.'),
    created_at: z.string(),
    rotated_at: z.string().nullable(),
    last_used_at: z.string().nullable().describe('To the minute.'),
    revoked_at: z.string().nullable(),
    key: z.string().optional().describe('The key itself: only in the response that created it.'),
  })
  .meta({ id: 'Key' });

export const keyListSchema = listOf(keyAnswerSchema);

/** An address or CIDR of either family, in full. */
function isNetwork(text: string): boolean {
  const [address = ''] = text.split('/');
  // The library also reads "10" and "0x7f.1" as addresses, and addresses with a zone.
  if (text.includes('%') || !(address.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(address))) return false;
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}
