import type { Callback } from '../../domain/events/callback';
import { attemptObject } from '../webhooks/map';

/** An event and its delivery log as users see it. */
export function callbackObject(callback: Callback) {
  return {
    id: callback.id,
    object: 'callback',
    type: callback.type,
    task_id: callback.taskId,
    campaign_id: callback.campaignId,
    url: callback.url,
    status: callback.status,
    created_at: callback.createdAt.toISOString(),
    attempts: callback.attempts.map(attemptObject),
    next_attempt_at: callback.nextAttemptAt?.toISOString() ?? null,
  };
}
