import { z } from 'zod';
import { CALLBACK_STATUSES } from '../../domain/events/callback';
import { DISABLED_REASONS } from '../../domain/events/webhook-endpoint';
import { WEBHOOK_EVENT_FAMILIES, WEBHOOK_EVENT_TYPES } from '../../domain/events/webhook-event';
import { listOf, pageLimit } from '../fields/list';
import { storable } from '../tasks/schema';

/** The most that one request redelivers. */
export const MOST_REDELIVERED = 1_000;

const name = storable(255);
const url = storable(2_048).describe('https to a public address; http to loopback addresses where the installation allows these.');
const eventType = z.enum([...WEBHOOK_EVENT_TYPES, ...WEBHOOK_EVENT_FAMILIES], {
  error: 'must be one of GET /v1/webhook_event_types, or a family of them such as "task.*"',
});
const eventTypes = z
  .array(eventType)
  .min(1)
  .max(100)
  .transform((types) => [...new Set(types)]);

/** Body of `POST /v1/webhook_endpoints`. */
export const endpointCreate = z.strictObject({ name, url, event_types: eventTypes }).meta({ id: 'WebhookEndpointCreate' });

/** Body of `POST /v1/webhook_endpoints/{id}`. */
export const endpointUpdate = z
  .strictObject({
    name: name.optional(),
    url: url.optional(),
    event_types: eventTypes.optional(),
    enabled: z.boolean().optional().describe('true takes up an endpoint again that was disabled.'),
  })
  .meta({ id: 'WebhookEndpointUpdate' });

/** Body of `POST /v1/webhook_endpoints/{id}/rotate_secret`. */
export const endpointRotate = z
  .strictObject({
    keep_old_secret_active_for_24_hours: z.boolean().default(true).describe('false ends the old secret at once.'),
  })
  .meta({ id: 'WebhookEndpointRotateSecret' });

/** Body of `POST /v1/webhook_endpoints/{id}/test`. */
export const endpointTest = z
  .strictObject({ event_type: z.enum(WEBHOOK_EVENT_TYPES, { error: 'must be one of GET /v1/webhook_event_types' }) })
  .meta({ id: 'WebhookEndpointTest' });

/** Since when what failed is delivered again. */
const since = z.iso
  .datetime({ offset: true, error: 'must be a time such as "2026-11-24T03:00:00Z"' })
  .transform((text) => new Date(text))
  .describe('When the event happened, at the earliest.');

/** Body of `POST /v1/webhook_endpoints/{id}/redeliver`. */
export const failedSince = z.strictObject({ since }).meta({ id: 'RedeliverFailed' });

/** Body of `POST /v1/callbacks/redeliver`. */
export const callbacksRedeliver = z
  .strictObject({ status: z.literal('failed', { error: 'must be "failed"' }).default('failed'), since })
  .meta({ id: 'CallbacksRedeliver' });

/** Query of `GET /v1/webhook_endpoints`. */
export const endpointListQuery = z.strictObject({ limit: pageLimit, after: z.string().min(1).max(64).optional() });

/** Query of `GET /v1/webhook_endpoints/{id}/deliveries`. */
export const deliveryListQuery = endpointListQuery.extend({ status: z.enum(CALLBACK_STATUSES).optional() });

const seconds = z.int().describe('Unix seconds.');
const time = z.string().meta({ format: 'date-time' });

/** OpenAI's endpoint, with how it stands. */
export const endpointAnswer = z
  .object({
    id: z.string(),
    object: z.literal('webhook_endpoint'),
    name: z.string(),
    url: z.string(),
    event_types: z.array(z.string()),
    signing_secret_hint: z.string(),
    created_at: seconds,
    updated_at: seconds,
    enabled: z.boolean(),
    disabled_reason: z
      .enum(DISABLED_REASONS)
      .nullable()
      .describe('gone: it answered 410; failing: nothing was delivered there for three days; requested: by the team.'),
    disabled_at: seconds.nullable(),
    failing_since: seconds.nullable().describe('Every delivery attempt since then has failed.'),
    old_secret_expires_at: seconds.nullable().describe('Until then deliveries are signed with the secret before the rotation too.'),
  })
  .meta({ id: 'WebhookEndpoint' });

export const endpointWithSecretAnswer = endpointAnswer
  .extend({ signing_secret: z.string().describe('Shown this one time.') })
  .meta({ id: 'WebhookEndpointWithSecret' });

export const endpointListAnswer = listOf(endpointAnswer).meta({ id: 'WebhookEndpointList' });

export const endpointDeletedAnswer = z
  .object({ id: z.string(), object: z.literal('webhook_endpoint.deleted'), deleted: z.literal(true) })
  .meta({ id: 'WebhookEndpointDeleted' });

export const eventTypesAnswer = z
  .object({ object: z.literal('list'), data: z.array(z.enum(WEBHOOK_EVENT_TYPES)) })
  .meta({ id: 'WebhookEventTypeList' });

export const endpointTestAnswer = z
  .object({
    object: z.literal('webhook_endpoint.test'),
    webhook_endpoint_id: z.string(),
    event_type: z.enum(WEBHOOK_EVENT_TYPES),
    event_id: z.string(),
    status_code: z.int().describe('Of the response: the test itself has succeeded whatever it is.'),
    success: z.literal(true),
    duration_ms: z.int(),
    response_excerpt: z.string(),
  })
  .meta({ id: 'WebhookEndpointTestResult' });

/** One delivery attempt. */
export const attemptAnswer = z
  .object({
    at: time,
    status_code: z.int().nullable().describe('null: no response.'),
    duration_ms: z.int(),
    error: z.string().nullable(),
    response_excerpt: z.string().nullable(),
    request: z
      .object({ headers: z.record(z.string(), z.string()), bytes: z.int() })
      .nullable()
      .describe('Without the signature.'),
  })
  .meta({ id: 'DeliveryAttempt' });

/** An event on its way to an endpoint, with its attempts. */
export const deliveryAnswer = z
  .object({
    id: z.string(),
    object: z.literal('webhook_delivery'),
    endpoint_id: z.string(),
    event_id: z.string().describe('The `webhook-id` of every attempt; other endpoints get the event under the same id.'),
    type: z.enum(WEBHOOK_EVENT_TYPES),
    sequence: z
      .int()
      .describe('Counts the deliveries to the endpoint from 1, in the order of the events; the `webhook-sequence` of every attempt.'),
    task_id: z.string().nullable(),
    campaign_id: z.string().nullable(),
    url: z.string(),
    status: z.enum(CALLBACK_STATUSES),
    created_at: time,
    next_attempt_at: time.nullable(),
    attempts: z.array(attemptAnswer),
    request_body: z
      .string()
      .nullable()
      .describe('Of the last attempt, up to 64 KiB, in lists the first 4,096 characters; null after the retention of the team.'),
  })
  .meta({ id: 'WebhookDelivery' });

export const deliveryListAnswer = listOf(deliveryAnswer).meta({ id: 'WebhookDeliveryList' });

/** What was redelivered. */
export const redeliveryAnswer = z
  .object({
    object: z.enum(['webhook_endpoint.redelivery', 'callback.redelivery']),
    redelivered: z.int().describe(`At most ${String(MOST_REDELIVERED)}, the oldest first.`),
    has_more: z.boolean().describe('true: ask again.'),
  })
  .meta({ id: 'Redelivery' });
