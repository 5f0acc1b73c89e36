import { z } from 'zod';
import { listOf, pageLimit } from '../fields/list';
import { CALLBACK_STATUSES } from '../../domain/events/callback';
import { EVENT_TYPES } from '../../domain/events/event';
import { attemptAnswer } from '../webhooks/schema';

/** Query of `GET /v1/callbacks`. */
export const callbackListQuery = z.strictObject({
  task_id: z.string().min(1).max(64).optional(),
  campaign_id: z.string().min(1).max(64).optional(),
  status: z.enum(CALLBACK_STATUSES).optional(),
  limit: pageLimit,
  after: z.string().min(1).max(64).optional(),
});

const time = z.string().meta({ format: 'date-time' });

/** An event and the log of its delivery. */
export const callbackAnswer = z
  .object({
    id: z.string().describe('The `webhook-id` of every delivery attempt.'),
    object: z.literal('callback'),
    type: z.enum(EVENT_TYPES),
    task_id: z.string().nullable(),
    campaign_id: z.string().nullable(),
    url: z.string(),
    status: z.enum(CALLBACK_STATUSES),
    created_at: time,
    attempts: z.array(attemptAnswer),
    next_attempt_at: time.nullable(),
  })
  .meta({ id: 'Callback' });

export const callbackListAnswer = listOf(callbackAnswer).meta({ id: 'CallbackList' });
