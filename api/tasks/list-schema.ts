import { z } from 'zod';
import { CREDENTIAL_CLASSES } from '../../domain/access/classes';
import { TASK_STATUSES } from '../../domain/task/task';
import { listOf, pageLimit } from '../fields/list';
import { listed } from '../fields/listed';
import { taskSummaryAnswer } from './answer-schema';

const MOST_IDS = 100;
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-24T12:00:00Z' });
const name = z.string().min(1).max(255);

/** What chooses tasks; several filters must all fit. */
const filters = {
  status: listed(z.enum(TASK_STATUSES), TASK_STATUSES.length).optional().describe('One or several: "failed,expired".'),
  type: z.enum(['text', 'image', 'video']).optional(),
  model: name.optional(),
  provider: name.optional().describe('Who served, or was the last to be tried.'),
  credential: name.optional().describe('Name of a key.'),
  class: z.enum(CREDENTIAL_CLASSES).optional(),
  project: name.optional(),
  member: name.optional().describe("E-mail of the key's owner."),
  external_id: name.optional(),
  campaign_id: z.string().min(1).max(64).optional(),
  template: z.string().min(1).max(80).optional().describe('A name, or a name and version such as "product-shot@2".'),
  error_code: z.string().min(1).max(64).optional(),
  fallback: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Whether another provider or model served than the first that was tried.'),
  created_after: time.optional(),
  created_before: time.optional(),
  ids: listed(z.string().min(1).max(64), MOST_IDS).optional().describe('Up to 100, with commas between them; unknown ones are left out.'),
  q: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Words of the prompt, by their beginnings, in any order; Chinese and Japanese as they stand in it.'),
  metadata: z
    .record(z.string().min(1).max(64), z.string().max(512))
    .optional()
    .describe('Pairs of the metadata: `metadata[key]=value`.')
    .meta({ param: { style: 'deepObject', explode: true } }),
};

/** Fields of a light row: those of a task in a list, and the beginning of its prompt. */
const FIELDS = ['prompt', ...Object.keys(taskSummaryAnswer.shape)] as const;

/** Query of `GET /v1/tasks`. */
export const taskListQuery = z.strictObject({
  ...filters,
  fields: listed(z.enum(FIELDS), FIELDS.length)
    .optional()
    .describe('Only these fields of each task, and its id. `prompt`: the first 300 characters of what was asked for.'),
  limit: pageLimit,
  after: z.string().min(1).max(64).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  format: z.enum(['json', 'csv']).default('json').describe('csv: all that the filters choose, as a file.'),
});

/** Query of `GET /v1/tasks/counts`. */
export const taskCountsQuery = z.strictObject(filters);
export type TaskChoiceQuery = z.output<typeof taskCountsQuery>;

export const taskListAnswer = listOf(
  z.union([taskSummaryAnswer, taskSummaryAnswer.extend({ prompt: z.string().nullable() }).partial().required({ id: true })]),
).meta({ id: 'TaskList' });

export const taskCountsAnswer = z
  .object({
    object: z.literal('task.counts'),
    counts: z.object({ total: z.int(), ...Object.fromEntries(TASK_STATUSES.map((status) => [status, z.int()])) }),
    is_complete: z.boolean().describe('False: there are more than 100,000, of which the newest so many were counted.'),
  })
  .meta({ id: 'TaskCounts' });
