import type { CallbackAttempt, Delivery } from '../../domain/events/callback';
import type { WebhookEndpoint } from '../../domain/events/webhook-endpoint';

/** OpenAI's object of an endpoint, with how it stands. Times in unix seconds. */
export function endpointObject(endpoint: WebhookEndpoint) {
  const { disabled } = endpoint;
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    name: endpoint.name,
    url: endpoint.url,
    event_types: endpoint.eventTypes,
    signing_secret_hint: endpoint.secretHint,
    created_at: seconds(endpoint.createdAt),
    updated_at: seconds(endpoint.updatedAt),
    enabled: disabled === null,
    disabled_reason: disabled?.reason ?? null,
    disabled_at: disabled === null ? null : seconds(disabled.at),
    failing_since: endpoint.failingSince === null ? null : seconds(endpoint.failingSince),
    old_secret_expires_at: endpoint.oldSecretUntil === null ? null : seconds(endpoint.oldSecretUntil),
  };
}

/** A delivery to an endpoint and its attempts. Times in ISO 8601. */
export function deliveryObject(delivery: Delivery) {
  return {
    id: delivery.id,
    object: 'webhook_delivery',
    endpoint_id: delivery.endpointId,
    event_id: delivery.eventId,
    type: delivery.type,
    sequence: delivery.sequence,
    task_id: delivery.taskId,
    campaign_id: delivery.campaignId,
    url: delivery.url,
    status: delivery.status,
    created_at: delivery.createdAt.toISOString(),
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    attempts: delivery.attempts.map(attemptObject),
    request_body: delivery.requestBody,
  };
}

/** An attempt to deliver, of a callback or to an endpoint. */
export function attemptObject(attempt: CallbackAttempt) {
  return {
    at: attempt.at.toISOString(),
    status_code: attempt.statusCode,
    duration_ms: attempt.durationMs,
    error: attempt.error,
    response_excerpt: attempt.responseExcerpt,
    request: attempt.request,
  };
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}
