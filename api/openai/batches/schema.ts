import { z } from 'zod';
import { BATCH_ENDPOINTS, BATCH_STATUSES } from '../../../domain/batch/batch';
import { listOf, pageLimit } from '../../fields/list';
import { common } from '../../tasks/schema';
import { expiresAfter } from '../files/schema';

/** Body of `POST /v1/batches`: OpenAI's, and a budget. */
export const batchBody = z
  .strictObject({
    input_file_id: z.string().min(1).max(64),
    endpoint: z.enum(BATCH_ENDPOINTS, { error: `must be one of ${BATCH_ENDPOINTS.join(', ')}` }),
    completion_window: z.literal('24h', { error: 'must be "24h"' }),
    metadata: common.metadata,
    output_expires_after: expiresAfter.nullish(),
    budget: common.budget,
    concurrency: z.int().min(1).max(500).nullish().describe('Most lines under way at once; default 50.'),
  })
  .meta({ id: 'BatchRequest' });

/** Query of `GET /v1/batches`. */
export const batchListQuery = z.strictObject({ limit: pageLimit, after: z.string().min(1).max(64).optional() });

const time = z.int().nullable().describe('Unix seconds.');
const usd = z.string().describe('US dollars as a decimal string.');

/** OpenAI's batch object, with campaign, cost and budget. */
export const batchAnswer = z
  .object({
    id: z.string(),
    object: z.literal('batch'),
    endpoint: z.enum(BATCH_ENDPOINTS),
    model: z.string().nullable().describe('Of all lines; null before they are validated, and when they name several.'),
    errors: z
      .object({
        object: z.literal('list'),
        data: z.array(z.object({ code: z.string(), message: z.string(), param: z.string().nullable(), line: z.int().nullable() })),
      })
      .nullable()
      .describe('Why a `failed` batch was not begun: the first 100 faults.'),
    input_file_id: z.string(),
    completion_window: z.literal('24h'),
    status: z.enum(BATCH_STATUSES),
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: z.int(),
    in_progress_at: time,
    expires_at: z.int(),
    finalizing_at: time,
    completed_at: time,
    failed_at: time,
    expired_at: time,
    cancelling_at: time,
    cancelled_at: time,
    request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
    usage: z
      .object({
        input_tokens: z.int(),
        input_tokens_details: z.object({ cached_tokens: z.int() }),
        output_tokens: z.int(),
        output_tokens_details: z.object({ reasoning_tokens: z.int() }),
        total_tokens: z.int(),
      })
      .nullable()
      .describe('Of all lines, once the batch has ended.'),
    metadata: z.record(z.string(), z.string()),
    campaign_id: z.string().describe('The campaign that the batch is: pause it, or change its budget, at /v1/campaigns.'),
    status_reason: z
      .string()
      .nullable()
      .describe(
        'Why a batch in progress stands still: `budget_exhausted`, `insufficient_quota`, `credential_expired`, `credential_revoked`, `credential_frozen`, `paused`.',
      ),
    cost: z.object({ currency: z.literal('USD'), estimated: usd, reserved: usd, actual: usd }),
    budget: z.object({ max_cost_usd: usd }).nullable(),
  })
  .meta({ id: 'Batch' });

export const batchListAnswer = listOf(batchAnswer).meta({ id: 'BatchList' });
