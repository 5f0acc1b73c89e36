import type { Callback, CallbackAttempt, Delivery } from '../../../domain/events/callback';
import { DELIVERIES_KEPT_DAYS } from '../../../domain/events/webhook-endpoint';

/** Of what was sent, the log keeps this much. */
export const BODY_BYTES = 64 * 1_024;

/** Columns of `callbacks` under the alias `c`. */
export const COLUMNS = `c.id, coalesce(c.event_id, c.id) as event_id, c.endpoint_id, c.sequence::float8 as sequence, c.type, c.task_id, c.campaign_id,
  c.data, c.team_id, coalesce((select e.url from webhook_endpoints e where e.id = c.endpoint_id), c.url) as url, c.status, c.created_at,
  c.next_attempt_at, c.attempts, (select name from teams where teams.id = c.team_id) as team_name`;

/** And what was sent, as long as the team keeps contents. @param characters - the most of it */
export const deliveryColumns = (characters: number): string => `${COLUMNS}, case when c.created_at > now() - make_interval(days => coalesce(
    (select t.retention_days from teams t where t.id = c.team_id), ${String(DELIVERIES_KEPT_DAYS)})) then left(c.request_body, ${String(characters)}) end as request_body`;

type AttemptJson = Omit<CallbackAttempt, 'at'> & { readonly at: string };

export interface CallbackRow {
  readonly id: string;
  readonly event_id: string;
  readonly endpoint_id: string | null;
  readonly sequence: number | null;
  readonly type: Callback['type'];
  readonly task_id: string | null;
  readonly campaign_id: string | null;
  readonly data: object | null;
  readonly team_id: number;
  readonly team_name: string;
  readonly url: string;
  readonly status: Callback['status'];
  readonly created_at: Date;
  readonly next_attempt_at: Date | null;
  readonly attempts: readonly AttemptJson[];
}

export interface DeliveryRow extends CallbackRow {
  readonly request_body: string | null;
}

export function callbackOf(row: CallbackRow): Callback {
  return {
    id: row.id,
    eventId: row.event_id,
    endpointId: row.endpoint_id,
    sequence: row.sequence,
    type: row.type,
    taskId: row.task_id,
    campaignId: row.campaign_id,
    data: row.data,
    teamId: row.team_id,
    teamName: row.team_name,
    url: row.url,
    status: row.status,
    createdAt: row.created_at,
    nextAttemptAt: row.status === 'pending' ? row.next_attempt_at : null,
    attempts: row.attempts.map((attempt) => ({ ...attempt, at: new Date(attempt.at) })),
  };
}

export function deliveryOf(row: DeliveryRow): Delivery {
  return { ...callbackOf(row), requestBody: row.request_body };
}
