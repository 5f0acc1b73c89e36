import { z } from 'zod';
import { errorAnswer } from '../openapi/describe';
import { taskSummaryAnswer } from './answer-schema';

/** The most tasks that one request acts on. */
const MOST = 100;

/** Body of `POST /v1/tasks/cancel` and `POST /v1/tasks/replay`. */
export const bulkBody = z
  .strictObject({
    ids: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(MOST)
      .transform((ids) => [...new Set(ids)]),
  })
  .meta({ id: 'TaskIds' });

export const bulkAnswer = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        id: z.string().describe('As it was given.'),
        task: taskSummaryAnswer.nullable().describe('The cancelled task, or the new one of a replay; null: see `error`.'),
        error: errorAnswer.shape.error.pick({ message: true, code: true }).nullable(),
      }),
    ),
  })
  .meta({ id: 'TaskResults' });
