import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { failedRunsQuery, historyQuery } from './history';
import { replayBody } from './schema';
import { json, jsonBody, operation } from '../openapi/describe';
import { taskAnswer } from '../tasks/answer-schema';

const run = {
  task_id: z.string(),
  workflow_id: z.string(),
  workflow_type: z.string(),
  run_id: z.string(),
  source: z.enum(['temporal', 'archive']),
};
const event = z.object({
  id: z.string(),
  at: z.string().meta({ format: 'date-time' }),
  type: z.string(),
  code: z.string().describe('What the summary says, for other languages: `attempt.failed`, `decision.routes`; its values are in `params`.'),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  duration_ms: z.int().nullable().describe('Of what ended with it; null: it is a moment.'),
  summary: z.string(),
});
const timeline = z.object({ ...run, events: z.array(event) }).meta({ id: 'RunTimeline' });
const history = z.object({ ...run, history: z.object({ events: z.array(z.record(z.string(), z.unknown())) }) }).meta({ id: 'RunHistory' });
const failedRuns = z
  .object({
    object: z.literal('list'),
    data: z.array(z.object({ task_id: z.string(), workflow_id: z.string().nullable() })),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: 'FailedRunList' });

/** Paths of replays and histories. */
export const replayPaths: ZodOpenApiPathsObject = {
  '/v1/tasks/{id}/replay': {
    post: operation({
      id: 'replayTask',
      tag: 'Tasks',
      summary: 'Run an ended task again, with or without overrides',
      path: ['id'],
      isPaid: true,
      body: { ...jsonBody(replayBody), required: false },
      answers: {
        '200': json('The new task; it has ended (`Prefer: wait=N`, or a repeat).', taskAnswer),
        '202': json('The new task.', taskAnswer),
      },
    }),
  },
  '/v1/tasks/{id}/history': {
    get: operation({
      id: 'getTaskHistory',
      tag: 'Tasks',
      summary: "A task's timeline: steps, attempts, waits and decisions",
      path: ['id'],
      query: historyQuery,
      answers: { '200': json("The timeline, or the history in Temporal's JSON.", z.union([timeline, history])) },
    }),
  },
  '/v1/runs/failed': {
    get: operation({
      id: 'listFailedRuns',
      tag: 'Tasks',
      summary: 'List failed and expired tasks that were started, oldest first; the admin key sees those of every team',
      query: failedRunsQuery,
      answers: { '200': json('A page.', failedRuns) },
    }),
  },
};
