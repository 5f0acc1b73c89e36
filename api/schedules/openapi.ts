import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from '../openapi/describe';
import { scheduleAnswer, scheduleListAnswer, scheduleListQuery, scheduleRemoved } from './schema';

const tag = 'Campaigns';

/** Paths of schedules. */
export const schedulePaths: ZodOpenApiPathsObject = {
  '/v1/schedules': {
    get: operation({
      id: 'listSchedules',
      tag,
      summary: 'List schedules of recurring campaigns, newest first; they are created by POST /v1/campaigns with `schedule.cron`',
      query: scheduleListQuery,
      answers: { '200': json('A page.', scheduleListAnswer) },
    }),
  },
  '/v1/schedules/{id}': {
    get: operation({
      id: 'getSchedule',
      tag,
      summary: 'Retrieve a schedule with its next and latest time',
      path: ['id'],
      answers: { '200': json('The schedule.', scheduleAnswer) },
    }),
    delete: operation({
      id: 'deleteSchedule',
      tag,
      summary: 'Delete a schedule; its campaigns stay',
      path: ['id'],
      answers: { '200': json('It is deleted.', scheduleRemoved) },
    }),
  },
};
