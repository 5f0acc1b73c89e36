import { z } from 'zod';
import { pageLimit } from '../fields/list';
import { orNull } from '../http/nulls';
import { common, storable } from '../tasks/schema';
import { DELIMITERS } from './table/csv-rows';

/** An item's name in its campaign. */
export const itemKey = storable(255);

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
  concurrency: concurrency.default(8),
  budget: common.budget,
  callback_url: common.callback_url,
  metadata: common.metadata,
  start: z.boolean().default(true),
});
export type CampaignBody = z.output<typeof campaignBody>;

/** Body of `PATCH /v1/campaigns/{id}`. */
export const campaignChange = z
  .strictObject({ name: orNull(name).optional(), concurrency: concurrency.optional(), budget: orNull(common.budget).optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'Give at least one of name, concurrency and budget.',
  })
  .meta({ id: 'CampaignChange' });

/** Body of `POST /v1/campaigns/{id}/retry`. */
export const retryBody = z
  .strictObject({
    items: z.union([z.literal('failed'), z.array(itemKey).min(1)], { error: 'must be "failed" or a list of keys' }),
  })
  .meta({ id: 'CampaignRetry' });

export const CAMPAIGN_STATUSES = ['draft', 'running', 'paused', 'budget_exhausted', 'completed', 'cancelled'] as const;
export const ITEM_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** Query of `GET /v1/campaigns`. */
export const campaignListQuery = z.strictObject({
  status: z.enum(CAMPAIGN_STATUSES).optional(),
  limit: pageLimit,
  after: z.string().min(1).max(64).optional(),
});

/** Query of `GET /v1/campaigns/{id}/items`; `after` is a key. */
export const itemListQuery = z.strictObject({
  status: z.enum(ITEM_STATUSES).optional(),
  limit: pageLimit,
  after: z.string().min(1).max(255).optional(),
});
