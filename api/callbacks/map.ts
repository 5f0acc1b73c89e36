import type { Callback } from '../../domain/events/callback';

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
    attempts: callback.attempts.map((attempt) => ({
      at: attempt.at.toISOString(),
      status_code: attempt.statusCode,
      duration_ms: attempt.durationMs,
      error: attempt.error,
      response_excerpt: attempt.responseExcerpt,
      request: attempt.request,
    })),
    next_attempt_at: callback.nextAttemptAt?.toISOString() ?? null,
  };
}
