import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { eventJson, sampleData } from '../../domain/events/webhook-event';
import type { ApiContext } from '../deps';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';
import { findEndpoint } from './endpoints';
import { endpointTest } from './schema';

const TIMEOUT_MS = 12_000;

/**
 * Sends a sample event now, once, signed as all are, whether the endpoint subscribes to its type and is enabled or not. It is not in the log
 * of deliveries and says nothing about the endpoint's health.
 * @throws AppError `input_fetch_failed` or `invalid_url` when no answer came
 */
export async function testEndpoint(
  context: Pick<ApiContext, 'egress' | 'newId' | 'now' | 'webhookEndpoints' | 'webhookSigner'>,
  request: Request,
  response: Response,
  endpointId: string,
): Promise<void> {
  const { event_type: type } = parseWith(endpointTest, request.body);
  const { id, url } = await findEndpoint(context, response, endpointId);
  const secrets = await context.webhookEndpoints.secrets(id);
  if (secrets.length === 0) throw new AppError('not_found', `The webhook endpoint ${id} was deleted.`);
  const event = { id: context.newId('evt'), type, createdAt: context.now(), sequence: null };
  const body = eventJson(event, sampleData(type), { test: true });
  const headers = context.webhookSigner.sign({ id: event.id, at: event.createdAt, body, secrets });
  const answer = await context.egress.post(url, {
    headers: { 'content-type': 'application/json', 'webhook-test': 'true', ...headers },
    body,
    timeoutMs: TIMEOUT_MS,
  });
  sendJson(response, 200, {
    object: 'webhook_endpoint.test',
    webhook_endpoint_id: id,
    event_type: type,
    event_id: event.id,
    status_code: answer.status,
    success: true,
    duration_ms: answer.durationMs,
    response_excerpt: answer.excerpt,
  });
}
