import { CAUSES } from '../../domain/explanation/causes';
import { budgetDetails } from '../fields/budget';
import { listOf } from '../fields/list';
import { z } from 'zod';
import { CAMPAIGN_STATUSES, ITEM_STATUSES } from './schema';
import { missingOutputsAnswer, taskErrorAnswer, taskOutputAnswer } from '../tasks/answer-schema';

const time = z.string().meta({ format: 'date-time' });
const usd = z.string().describe('US dollars as a decimal string.');

/** A campaign as every endpoint of /v1/campaigns answers it. */
export const campaignAnswer = z
  .object({
    id: z.string(),
    object: z.literal('campaign'),
    name: z.string().nullable(),
    status: z.enum(CAMPAIGN_STATUSES),
    status_reason: z
      .string()
      .nullable()
      .describe('Of a paused campaign: `insufficient_quota`, `credential_expired`, `credential_revoked`, `credential_frozen` or null.'),
    status_details: budgetDetails.optional().describe('Only with `insufficient_quota`: the budget that has no room for the next item.'),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    counts: z
      .object({ total: z.int(), queued: z.int(), running: z.int(), succeeded: z.int(), failed: z.int(), cancelled: z.int() })
      .describe('They always add up to `total`.'),
    progress: z.number().min(0).max(1).describe('Share of items that have ended.'),
    rate_per_minute: z
      .number()
      .optional()
      .describe('Items that end in a minute, by the last five; only of a running campaign that was asked for by its id.'),
    eta_s: z.int().optional().describe('At that rate.'),
    concurrency: z.int().min(1).max(500),
    cost: z.object({ currency: z.literal('USD'), estimated: usd, reserved: usd, actual: usd }),
    budget: z.object({ max_cost_usd: usd }).nullable(),
    callback_url: z.string().nullable(),
    trial: z.int().optional().describe('Only so many items run until it is resumed.'),
    schedule: z.object({ start_at: time }).optional().describe('When it starts, or was to start, by itself.'),
    schedule_id: z.string().optional().describe('The schedule that made it.'),
    metadata: z.record(z.string(), z.string()),
    links: z.object({ self: z.string(), items: z.string(), events: z.string() }),
  })
  .meta({ id: 'Campaign' });

export const campaignListAnswer = listOf(campaignAnswer).meta({ id: 'CampaignList' });

const item = z
  .object({
    key: z.string(),
    index: z.int().min(1),
    status: z.enum(ITEM_STATUSES),
    task_id: z.string().nullable().describe('The task of the latest attempt.'),
    error: taskErrorAnswer.nullable(),
    outputs: z.array(taskOutputAnswer),
    missing_outputs: missingOutputsAnswer,
    thumbnail_url: z.string().nullable().describe('Of its first output.'),
    cost: z
      .object({ currency: z.literal('USD'), estimated: usd, actual: usd.nullable() })
      .describe('The most that it can cost, and what its latest task did.'),
  })
  .meta({ id: 'CampaignItem' });

/** An item with what it asks for. */
export const itemAnswer = item
  .extend({
    type: z.enum(['text', 'image', 'video']),
    model: z.string(),
    input: z.record(z.string(), z.unknown()).describe('With the values of a template inserted.'),
    params: z.record(z.string(), z.unknown()).optional().describe('Of texts.'),
    output: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CampaignItemRequest' });

export const failureListAnswer = listOf(
  z.object({
    error_code: z.string(),
    cause: z.enum(CAUSES),
    count: z.int(),
    sample_keys: z.array(z.string()).describe('Of the first five.'),
    retryable: z.boolean().describe('The same may succeed another time.'),
  }),
)
  .describe('`first_id` and `last_id` are codes.')
  .meta({ id: 'CampaignFailureList' });

export const itemListAnswer = listOf(item).describe('`first_id` and `last_id` are keys.').meta({ id: 'CampaignItemList' });

/** A line of results. */
export const resultAnswer = item
  .extend({ text: z.string().nullable().describe('What a text task answered.') })
  .meta({ id: 'CampaignResult' });

const fault = z.object({
  index: z.int().min(1),
  key: z.string().nullable(),
  line: z.int().optional().describe('Of a spreadsheet.'),
  column: z.string().nullable().optional().describe('Of a spreadsheet.'),
  param: z.string().nullable(),
  message: z.string(),
});

const previewed = z.object({
  index: z.int().min(1),
  key: z.string(),
  type: z.enum(['text', 'image', 'video']),
  model: z.string(),
  template: z.object({ name: z.string(), version: z.int() }).nullable(),
  input: z.record(z.string(), z.unknown()).describe('With the values of a template inserted.'),
  params: z.record(z.string(), z.unknown()).optional().describe('Of texts.'),
  output: z.record(z.string(), z.unknown()),
  cost: z.object({ currency: z.literal('USD'), estimated: usd }),
});

export const estimateAnswer = z
  .object({
    object: z.literal('campaign.estimate'),
    total: z.int(),
    valid: z.int(),
    invalid: z.int(),
    cost: z.object({ currency: z.literal('USD'), estimated: usd }).describe('Of the valid items.'),
    duration_s: z.int().nullable().describe('By what the models took of late; null: there is nothing to go by.'),
    faults_total: z.int(),
    faults: z.array(fault).describe('The first hundred; `?format=csv` gives all.'),
    preview: z.array(previewed).describe('The first three valid items, rendered as their tasks would be.'),
  })
  .meta({ id: 'CampaignEstimate' });
