import { z } from 'zod';
import { pageLimit } from '../fields/list';
import { orNull } from '../http/nulls';
import { common, storable } from '../tasks/schema';
import { DELIMITERS } from './table/csv-rows';

/** An item's name in its campaign. */
export const itemKey = storable(255);

const MOST_AXES = 8;

const concurrency = z.int().min(1).max(500);
const name = storable(255);

/** What every item has unless it says otherwise. What belongs to one item or to the campaign is no default. */
const defaults = z.record(z.string(), z.unknown()).superRefine((values, fault) => {
  for (const [field, hint] of Object.entries(NOT_DEFAULTS)) {
    if (field in values) {
      fault.addIssue({
        code: 'custom',
        path: [field],
        message: `Unknown parameter: defaults.${field}. ${hint}`,
        params: { code: 'unknown_parameter' },
      });
    }
  }
});
const NOT_DEFAULTS = {
  key: 'Each item has a key of its own.',
  external_id: 'Each item has an external_id of its own.',
  callback_url: "Give the campaign's callback_url.",
  priority: 'The items of a campaign come after single requests.',
};

const startAt = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-24T09:00:00+08:00' });
const LONGEST_CATCHUP_S = 7 * 24 * 3_600;

/** When a campaign starts, or when a campaign is made again and again. */
const campaignSchedule = z
  .strictObject({
    start_at: startAt.optional().describe('Starts once, then.'),
    cron: z.string().max(200).optional().describe('Five fields. A campaign is made at each of its times.'),
    time_zone: z.string().max(64).optional().describe('Of `cron`, an IANA name; default UTC.'),
    catchup_s: z
      .int()
      .min(60)
      .max(LONGEST_CATCHUP_S)
      .optional()
      .describe('A time that was missed is made up for within so many seconds; default 86400.'),
  })
  .refine(({ start_at: start, cron }) => (start === undefined) !== (cron === undefined), {
    message: 'Invalid schedule: give either start_at or cron.',
  })
  .refine(
    ({ start_at: start, time_zone: zone, catchup_s: catchup }) => start === undefined || (zone === undefined && catchup === undefined),
    {
      message: 'Invalid schedule: time_zone and catchup_s belong to cron.',
    },
  );
export type CampaignSchedule = z.output<typeof campaignSchedule>;

/** Body of `POST /v1/campaigns`; the items are checked one by one. */
export const campaignBody = z.strictObject({
  name: name.nullish(),
  defaults: defaults.nullish(),
  items: z.array(z.unknown()).optional(),
  mapping: z
    .record(storable(255), z.union([storable(255), z.null()]))
    .nullish()
    .describe('Of a spreadsheet: titles of columns and what they give ("inputs.product", "output.seed"); null leaves a column out.'),
  delimiter: z.enum(DELIMITERS).nullish().describe('Of a CSV file; found in its first line when absent.'),
  sheet: storable(255).nullish().describe('Of a workbook: the name of the sheet; the first one when absent.'),
  matrix: z
    .record(storable(255), z.array(z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.unknown())])).min(1))
    .refine((axes) => Object.keys(axes).length <= MOST_AXES, { message: `Invalid matrix: at most ${MOST_AXES} parameters.` })
    .nullish()
    .describe('Parameters and their values, such as {"output.seed": [1, 2, 3]}: every item once for each combination.'),
  trial: z.int().min(1).max(1_000).nullish().describe('Run so many items first; then the campaign is paused with `status_reason` `trial`.'),
  schedule: campaignSchedule.nullish(),
  concurrency: concurrency.default(8),
  budget: common.budget,
  callback_url: common.callback_url,
  metadata: common.metadata,
  start: z.boolean().default(true),
});
export type CampaignBody = z.output<typeof campaignBody>;

/** Body of `PATCH /v1/campaigns/{id}`. */
export const campaignChange = z
  .strictObject({
    name: orNull(name).optional(),
    concurrency: concurrency.optional(),
    budget: orNull(common.budget).optional(),
    schedule: z.strictObject({ start_at: startAt }).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'Give at least one of name, concurrency, budget and schedule.',
  })
  .meta({ id: 'CampaignChange' });

const part = z.record(z.string(), z.unknown()).optional();

/** Body of `PATCH /v1/campaigns/{id}/items/{index}`. What the parts may hold depends on the item's type. */
export const itemChange = z
  .strictObject({ model: z.string().min(1).max(255).optional(), input: part, output: part, params: part })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'Give at least one of model, input, output and params.',
  })
  .describe(
    'Merged into what the item asks for, key by key; arrays replace, null removes a value. `input` and `output` as of a task, `params` of texts.',
  )
  .meta({ id: 'CampaignItemChange' });

/** Body of `POST /v1/campaigns/{id}/retry`. */
export const retryBody = z
  .strictObject({
    items: z.union([z.literal('failed'), z.array(itemKey).min(1)], { error: 'must be "failed" or a list of keys' }).optional(),
    error_code: z.string().min(1).max(100).optional().describe('In place of `items`: all that failed with this code.'),
  })
  .refine(({ items, error_code: code }) => (items === undefined) !== (code === undefined), {
    message: 'Give either items or error_code.',
    path: ['items'],
  })
  .meta({ id: 'CampaignRetry' });

export const CAMPAIGN_STATUSES = ['draft', 'scheduled', 'running', 'paused', 'budget_exhausted', 'completed', 'cancelled'] as const;
export const ITEM_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** Query of `GET /v1/campaigns`. */
export const campaignListQuery = z.strictObject({
  status: z.enum(CAMPAIGN_STATUSES).optional(),
  limit: pageLimit,
  after: z.string().min(1).max(64).optional(),
});

/** Query of `GET /v1/campaigns/{id}/results`. */
export const resultsQuery = z.strictObject({
  format: z.enum(['jsonl', 'csv', 'zip']).default('jsonl').describe('`zip`: the files themselves.'),
  name: z
    .string()
    .min(1)
    .max(200)
    .default('{key}-{n}')
    .describe('Names of files, without their endings: `{key}`, `{n}` (from 1) and `{index}` are replaced.'),
});

/** Query of `POST /v1/campaigns/estimate`. */
export const estimateQuery = z.strictObject({
  format: z.enum(['json', 'csv']).default('json').describe('`csv`: all faults as a CSV file.'),
});

/** Query of `GET /v1/campaigns/{id}/items`; `after` is a key. */
export const itemListQuery = z.strictObject({
  status: z.enum(ITEM_STATUSES).optional(),
  error_code: z.string().min(1).max(100).optional(),
  q: z.string().min(1).max(255).optional().describe('Part of the key, in either case.'),
  from_index: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
    .transform(Number)
    .optional()
    .describe('The first position; `after` goes before it.'),
  limit: pageLimit,
  after: z.string().min(1).max(255).optional(),
});
