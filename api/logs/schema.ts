import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../domain/access/classes';
import { CALL_ENDPOINTS } from '../../domain/records/endpoints';
import { HISTOGRAM_INTERVALS } from '../../domain/records/call';
import { TASK_STATUSES } from '../../domain/task/task';
import { listOf, pageLimit } from '../fields/list';

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-24T12:00:00Z' });
const name = z.string().min(1).max(255);

/** What chooses calls; several filters must all fit. */
const filters = {
  from: time.optional().describe('The time of the request, or later.'),
  to: time.optional().describe('Before this time.'),
  team: name.optional(),
  project: name.optional(),
  credential: name.optional().describe('Name of a key.'),
  class: z.enum(CREDENTIAL_CLASSES).optional(),
  member: name.optional().describe("E-mail of the key's owner."),
  model: name.optional().describe('As the request named it.'),
  provider: name.optional(),
  status: z.enum(TASK_STATUSES).optional(),
  error_code: z.string().min(1).max(64).optional(),
  endpoint: z.enum(CALL_ENDPOINTS).optional(),
  min_cost_usd: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be a decimal number such as "0.50"')
    .optional(),
  q: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('The id of a call, request, task or campaign, or a part of a model, client, address, provider or error code.'),
};

/** Query of `GET /v1/logs`. */
export const logsQuery = z.strictObject({
  ...filters,
  limit: pageLimit,
  after: z
    .string()
    .regex(/^call_[0-9a-f]{32}$/, 'must be the id of a call: last_id of the page before')
    .optional(),
  format: z.enum(['json', 'csv']).default('json').describe('csv: all that the filters choose, as a file.'),
});

/** Query of `GET /v1/logs/histogram`. */
export const histogramQuery = z.strictObject({ ...filters, interval: z.enum(HISTOGRAM_INTERVALS) });
export type FilterQuery = Omit<z.output<typeof histogramQuery>, 'interval'>;

const timestamp = z.string().meta({ format: 'date-time' });

/** A call of the log. */
export const callAnswer = z
  .object({
    id: z.string(),
    object: z.literal('call'),
    at: timestamp.describe('When the request came.'),
    request_id: z.string().nullable().describe('null: an item of a campaign, which no request of its own made.'),
    task_id: z.string().nullable().describe('null: the request made no run.'),
    endpoint: z.string(),
    credential: z.string().nullable(),
    class: z.enum(CREDENTIAL_CLASSES),
    project: z.string().nullable(),
    team: z.string().nullable(),
    member: z.string().nullable().describe("E-mail of the key's owner."),
    campaign_id: z.string().nullable(),
    client: z.string().nullable(),
    ip: z.string().nullable(),
    stream: z.boolean(),
    model: z.string().describe('As it was named.'),
    served_model: z.string().nullable(),
    provider: z.string().nullable(),
    attempts: z.int(),
    fallback: z.boolean().describe('Another provider or model served than the first that was tried.'),
    status: z.enum(['succeeded', 'failed', 'cancelled', 'expired']),
    http_status: z.int().nullable(),
    error_code: z.string().nullable(),
    usage: z.looseObject({ input_tokens: z.number(), output_tokens: z.number() }).nullable(),
    cost_usd: z.string().describe('What was charged, refunds taken off.'),
    latency_ms: z.object({ queue: z.int().nullable(), first_token: z.int().nullable(), total: z.int().nullable() }),
    bodies: z.enum(['kept', 'too_large']).nullable().describe('Of request and answer, where the team keeps them.'),
  })
  .meta({ id: 'Call' });

export const callListAnswer = listOf(callAnswer).meta({ id: 'CallList' });

/** The counts of one interval. */
const countsAnswer = z
  .object({
    start: timestamp,
    requests: z.int(),
    failed: z.int().describe('Everything that did not succeed.'),
    fallbacks: z.int(),
    cost_usd: z.string(),
  })
  .meta({ id: 'CallCounts' });

export const histogramAnswer = z
  .object({ object: z.literal('list'), interval: z.enum(HISTOGRAM_INTERVALS), data: z.array(countsAnswer) })
  .meta({ id: 'CallHistogram' });

/** `GET /v1/logs/{id}/bodies` */
export const bodiesAnswer = z
  .object({
    object: z.literal('call.bodies'),
    id: z.string(),
    expires_at: timestamp,
    request: z.object({
      content_type: z.string().nullable(),
      body: z.unknown().describe('The JSON of the request, or the fields of its form; null: it was not read.'),
      files: z
        .array(z.object({ field: z.string(), content: z.string() }))
        .optional()
        .describe('Of a form: what each file was.'),
    }),
    response: z.object({
      status: z.int(),
      content_type: z.string().nullable(),
      complete: z.boolean().describe('false: the client went away, or the answer broke off.'),
      body: z.unknown().describe('JSON; a text for other answers, streams too.'),
    }),
  })
  .meta({ id: 'CallBodies' });
