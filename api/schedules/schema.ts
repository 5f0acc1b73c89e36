import { z } from 'zod';
import { listOf, pageLimit } from '../fields/list';
import { taskErrorAnswer } from '../tasks/answer-schema';
import { storable } from '../tasks/schema';

/** Query of `GET /v1/schedules`. */
export const scheduleListQuery = z.strictObject({
  limit: pageLimit,
  after: z.string().min(1).max(64).optional(),
  q: storable(255).optional().describe('Only those with this in the name or the id, in any case.'),
});

const time = z.string().meta({ format: 'date-time' });
const usd = z.string().describe('US dollars as a decimal string.');

/** A schedule, which makes a campaign at each of its times. */
export const scheduleAnswer = z
  .object({
    id: z.string(),
    object: z.literal('schedule'),
    name: z.string().nullable(),
    cron: z.string(),
    time_zone: z.string(),
    catchup_s: z.int(),
    created_at: time,
    next_run_at: time.nullable().describe('null: not known at this moment.'),
    last_run_at: time.nullable().describe('The time that its latest firing was for.'),
    last_campaign_id: z.string().nullable(),
    error: taskErrorAnswer.nullable().describe('Why the latest firing made no campaign.'),
    campaign: z.object({
      items: z.int(),
      concurrency: z.int(),
      cost: z.object({ currency: z.literal('USD'), estimated: usd }),
      budget: z.object({ max_cost_usd: usd }).nullable(),
      callback_url: z.string().nullable(),
      metadata: z.record(z.string(), z.string()),
    }),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Schedule' });

export const scheduleListAnswer = listOf(scheduleAnswer).meta({ id: 'ScheduleList' });

export const scheduleRemoved = z
  .object({ id: z.string(), object: z.literal('schedule'), deleted: z.literal(true) })
  .meta({ id: 'ScheduleDeleted' });
