import { z } from 'zod';
import { CREDENTIAL_CLASSES, IMAGES_DEFAULTS, type CredentialClass } from '../../domain/access/caller';
import { isTimeZone } from '../../domain/time-zone';
import { ENDPOINT_NAMES } from '../../domain/access/endpoints';
import { isNetwork } from './networks';
import { PROVIDER_KINDS } from '../providers/kinds';
import type { ProviderDescriptor } from '../providers/shared/descriptor';
import { parseUsd } from '../../domain/money/money';
import { FALLBACK_CAUSES, MODALITIES, STRATEGIES } from '../../domain/provider/catalogue';
import { BODY_POLICY } from '../../domain/records/bodies';
import { IMAGE_ROLES } from '../../domain/task/generation';
import { alertList } from './alert-schema';
import { MOST_RETENTION_DAYS, RETENTION_KIND_NAMES } from '../../domain/retention/retention';
import { costOption, priceOption } from './price-schema';

/** The configuration file as written, options in its own spelling. Messages never quote a value: it may be a secret. */
const text = (most: number) => z.string('must be text').min(1, 'must not be empty').max(most, `must have at most ${most} characters`);
const name = (pattern: RegExp, allowed: string) => z.string('must be text').regex(pattern, `must be 1 to 64 characters of ${allowed}`);
/** Names that become parts of queue names and file names. */
const plainName = name(/^[A-Za-z0-9][\w.-]{0,63}$/, 'letters, digits, ".", "_" and "-", the first a letter or digit');
const modelName = z
  .string('must be text')
  .regex(
    /^[A-Za-z0-9@][\w.:/@+-]{0,127}$/,
    'must be 1 to 128 characters of letters, digits and . _ - : / @ +, the first a letter, a digit or @',
  );
const whole = (least: number, most: number) => {
  const reason = `must be a whole number from ${least} to ${most}`;
  return z.number(reason).int(reason).min(least, reason).max(most, reason);
};
const flag = z.boolean('must be true or false');
const day = z.string('must be a date in quotes').regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as "2026-11-24"');
const list = <Item extends z.ZodType>(item: Item) => z.array(item, 'must be a list');

const amountReason = 'must be a decimal string in quotes, such as "20" or "0.5", with at most 6 decimal places';
const amount = z
  .string(amountReason)
  .regex(/^\d{1,12}(\.\d{1,6})?$/, amountReason)
  .transform((value) => parseUsd(value));

const httpUrl = z.string('must be text').refine((value) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
}, 'must be an http:// or https:// URL without a user or password');

/** Options of every provider that is reached over the network. */
const network = {
  headers: z
    .record(z.string().regex(/^[\w-]{1,100}$/, 'is not a header name'), text(4096), 'must be a mapping of header names to text')
    .default({}),
  honours_idempotency_key: flag.default(false),
  on_unknown_outcome: z.enum(['stop', 'retry'], 'must be stop or retry').optional(),
  poll_ms: whole(10, 3_600_000).optional(),
  webhooks: flag.default(false),
};

const weight = z.number('must be a number').min(0, 'must not be negative').max(1_000_000, 'must be at most 1000000').default(1);
const credentialClass = z.enum(CREDENTIAL_CLASSES, 'must be production, test, script or personal');
const classes = list(credentialClass).min(1, 'needs at least one class; leave it out for all');
const breaker = z.strictObject(
  { failures: whole(1, 10_000).default(5), window_s: whole(1, 3_600).default(30), open_s: whole(1, 300).default(20) },
  'must be a mapping such as { failures: 5, window_s: 30, open_s: 20 }',
);
const probe = z.strictObject(
  { every_s: whole(1, 86_400), model: text(256).optional() },
  'must be a mapping such as { every_s: 60, model: gpt-5-mini }',
);
/** Options of every provider. */
const common = {
  max_concurrency: whole(1, 10_000).optional(),
  classes: classes.optional(),
  limits: z.strictObject({ requests_per_minute: whole(1, 10_000_000).optional(), concurrent: whole(1, 1_000_000).optional() }).optional(),
  breaker: breaker.optional(),
  probe: probe.optional(),
};
export type BreakerEntry = z.infer<typeof breaker>;

/** A key of a provider as written; beside these the secret options of its kind. */
export interface KeyEntry {
  readonly name: string;
  readonly weight: number;
  readonly [option: string]: unknown;
}

/** A provider as written; beside these the options of its kind. */
export interface ProviderEntry {
  readonly name: string;
  readonly kind: string;
  readonly max_concurrency?: number | undefined;
  readonly base_url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly honours_idempotency_key?: boolean;
  readonly on_unknown_outcome?: 'stop' | 'retry' | undefined;
  readonly poll_ms?: number;
  readonly webhooks?: boolean;
  readonly keys?: readonly KeyEntry[] | undefined;
  readonly classes?: readonly CredentialClass[] | undefined;
  readonly limits?: { readonly requests_per_minute?: number | undefined; readonly concurrent?: number | undefined } | undefined;
  readonly breaker?: BreakerEntry | undefined;
  readonly probe?: z.infer<typeof probe> | undefined;
  readonly [option: string]: unknown;
}

/** A provider's secrets stand beside its other options, or once for each of its `keys`; which of the two is checked with the whole file. */
function providerOfKind({ kind, address, options, secretOptions }: ProviderDescriptor) {
  const place = address === 'none' ? {} : { ...network, base_url: httpUrl.default(address) };
  const isSecret = (option: string) => secretOptions.includes(option);
  const of = (wanted: boolean) => Object.fromEntries(Object.entries(options).filter(([option]) => isSecret(option) === wanted));
  const key = z.strictObject({ name: plainName, weight, ...of(true) });
  const shared = z.strictObject(of(true)).partial().shape;
  const keys = list(key).min(1, 'needs at least one key').optional();
  return z.strictObject({ name: plainName, ...common, ...place, ...of(false), ...shared, keys, kind: z.literal(kind) });
}

const [firstKind, ...otherKinds] = PROVIDER_KINDS.map(providerOfKind);
if (firstKind === undefined) throw new RangeError('There is no kind of provider.');
const kindList = PROVIDER_KINDS.map(({ kind }) => kind).join(', ');
export const providerEntry: z.ZodType<ProviderEntry> = z.discriminatedUnion(
  'kind',
  [firstKind, ...otherKinds],
  `must be a provider of a known kind: ${kindList}`,
);

const capabilities = z.strictObject({
  sizes: list(text(64)).optional(),
  aspect_ratios: list(text(64)).optional(),
  resolutions: list(text(64)).optional(),
  qualities: list(text(64)).optional(),
  max_n: whole(1, 1000).optional(),
  durations_s: list(z.number('must be a number').positive('must be above 0')).min(1, 'needs at least one').optional(),
  min_duration_s: z.number('must be a number').positive('must be above 0').optional(),
  max_duration_s: z.number('must be a number').positive('must be above 0').optional(),
  default_duration_s: z.number('must be a number').positive('must be above 0').optional(),
  audio: flag.optional(),
  image_input: flag.optional(),
  max_input_images: whole(0, 1000).optional(),
  partial_images: flag.optional(),
  roles: list(z.enum(IMAGE_ROLES, `must be one of ${IMAGE_ROLES.join(', ')}`)).optional(),
  tools: flag.optional(),
  embeddings: flag.optional(),
  moderations: flag.optional(),
  speech: flag.optional(),
  transcriptions: flag.optional(),
});

const LONGEST_MS = 7 * 24 * 3_600_000;
export const modelEntry = z.strictObject({
  name: modelName,
  enabled: flag.optional(),
  modality: z.enum(MODALITIES, 'must be text, image or video'),
  tier: text(64).optional(),
  price: priceOption.optional(),
  routes: list(
    z.strictObject({
      provider: plainName,
      model: text(256),
      priority: whole(-1_000_000, 1_000_000).default(0),
      weight,
      when: z.strictObject({ classes }).optional(),
      cost: costOption.optional(),
      options: z.record(text(128), z.json(), 'must be a mapping of names to values').optional(),
      map: z.record(text(128), text(128), "must be a mapping of our names to the provider's").optional(),
    }),
  ).min(1, 'needs at least one route'),
  strategy: z.enum(STRATEGIES, `must be one of ${STRATEGIES.join(', ')}`).optional(),
  fallbacks: z.partialRecord(z.enum(FALLBACK_CAUSES), list(modelName)).optional(),
  max_output_tokens: whole(1, 100_000_000).default(4096),
  context_window: whole(1, 1_000_000_000).optional(),
  timeouts: z
    .strictObject({
      first_byte_ms: whole(1, LONGEST_MS).optional(),
      submit_ms: whole(1, LONGEST_MS).optional(),
      idle_ms: whole(1, LONGEST_MS).default(120_000),
      total_ms: whole(1, LONGEST_MS).optional(),
    })
    .prefault({}),
  retries: z.strictObject({ per_route: whole(1, 100).default(2) }).default({ per_route: 2 }),
  capabilities: capabilities.default({}),
  label: text(100).optional(),
  description: text(1_000).optional(),
  preview_url: httpUrl.optional(),
  source: text(500).optional(),
  as_of: day.optional(),
  shutdown_date: day.optional(),
});

/** The fault of a key that is too short to be one: it could be guessed. */
const credentialKey = z
  .string('must be text')
  .regex(/^[\x21-\x7e]{8,512}$/, 'must have 8 to 512 printable ASCII characters without spaces; better 32 or more random ones');
const callbackSecret = z
  .string('must be text')
  .refine((value) => /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(value), 'must be whsec_ and 24 to 64 random bytes in base64');

const limits = { total: amount.optional(), monthly: amount.optional(), daily: amount.optional() };
/** A total, or limits by period. */
const budget = z.union(
  [
    amount.transform((total) => ({ total, monthly: undefined, daily: undefined, warn_percent: [] })),
    z.strictObject({ ...limits, warn_percent: list(whole(1, 100)).max(10, 'must have at most 10 shares').default([]) }),
  ],
  'must be an amount in quotes, such as "20", or a mapping of total, monthly, daily (amounts in quotes) and warn_percent',
);
const NO_BUDGET = { warn_percent: [] };
const timeZone = z.string('must be text').refine(isTimeZone, 'must be a time zone such as "Europe/Berlin" or "UTC"');

const tiers = list(text(64)).min(1, 'needs at least one; leave it out for all');

const team = z.strictObject({
  name: plainName,
  budget_usd: budget.default(NO_BUDGET),
  class_budgets_usd: z
    .partialRecord(z.enum(CREDENTIAL_CLASSES, 'is not a class; classes are production, test, script and personal'), budget)
    .default({}),
  time_zone: timeZone.default('UTC'),
  projects: list(z.strictObject({ name: plainName, budget_usd: budget.default(NO_BUDGET) })).default([]),
  callback_secret: callbackSecret.optional(),
  retention_days: whole(1, 36_500).optional(),
  log_bodies: z
    .strictObject({
      retention_days: whole(BODY_POLICY.retentionDays.least, BODY_POLICY.retentionDays.most),
      max_bytes: whole(BODY_POLICY.maxBytes.least, BODY_POLICY.maxBytes.most).default(BODY_POLICY.maxBytes.default),
      sample: z.number('must be a number').positive('must be above 0').max(1, 'must be at most 1').default(BODY_POLICY.sample.default),
    })
    .optional(),
  model_tiers: z
    .partialRecord(z.enum(CREDENTIAL_CLASSES, 'is not a class; classes are production, test, script and personal'), tiers)
    .default({}),
  credentials: list(
    z.strictObject({
      name: plainName,
      class: credentialClass,
      /** Without it a credential that is there keeps its key. */
      key: credentialKey.optional(),
      limit_usd: amount.optional(),
      limits: z.strictObject({ total_usd: amount.optional(), monthly_usd: amount.optional(), daily_usd: amount.optional() }).optional(),
      models: list(text(128)).min(1, 'needs at least one name, or "*" for all').default(['*']),
      images_default: z.enum(IMAGES_DEFAULTS, 'must be b64_json or url').default('b64_json'),
      models_default: z.enum(MODALITIES, 'must be text, image or video').optional(),
      project: plainName.optional(),
      owner: text(320).optional(),
      purpose: text(500).optional(),
      expires_at: z.iso.datetime({ offset: true, error: 'must be a time in quotes such as "2027-01-31T00:00:00Z"' }).optional(),
      ip_allow: list(z.string('must be text').refine(isNetwork, 'must be an address or a CIDR such as 10.0.0.0/8'))
        .min(1, 'needs at least one; leave it out for all')
        .optional(),
      endpoints: list(z.enum(ENDPOINT_NAMES, `must be one of ${ENDPOINT_NAMES.join(', ')}`))
        .min(1, 'needs at least one; leave it out for all')
        .optional(),
      model_tiers: tiers.optional(),
      max_cost_per_request_usd: amount.optional(),
      rate: z
        .strictObject({
          requests_per_minute: whole(1, 10_000_000).optional(),
          tokens_per_minute: whole(1, 1_000_000_000).optional(),
          concurrent: whole(1, 1_000_000).optional(),
        })
        .optional(),
    }),
  ).default([]),
});

/** How long records are kept: `{ kind: callbacks, team: studio, days: 90 }`. */
const retention = list(
  z.strictObject({
    kind: z.enum(RETENTION_KIND_NAMES, `must be one of ${RETENTION_KIND_NAMES.join(', ')}`),
    team: plainName.optional(),
    class: credentialClass.optional(),
    days: z.union([whole(1, MOST_RETENTION_DAYS), z.literal('forever')], 'must be a whole number of days from 1 on, or forever'),
  }),
);

export type BudgetEntry = z.infer<typeof budget>;
export const fileSchema = z.strictObject(
  {
    /** Of providers that name none. */
    breaker: breaker.optional(),
    providers: list(providerEntry).default([]),
    models: list(modelEntry).default([]),
    teams: list(team).default([]),
    organisation: z.strictObject({ budget_usd: budget.default(NO_BUDGET) }).optional(),
    alerts: alertList,
    retention: retention.default([]),
  },
  'must be a mapping with providers, models and teams',
);
export type ConfigFile = z.infer<typeof fileSchema>;
export type ModelEntry = ConfigFile['models'][number];
