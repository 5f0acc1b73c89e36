import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { taskRequest } from './schema';
import { bulkAnswer, bulkBody } from './bulk-schema';
import { taskCountsAnswer, taskCountsQuery, taskListAnswer, taskListQuery } from './list-schema';
import { explanationAnswer, explanationQuery } from './explanation';
import { events, fileAnswer, fileAnswers, json, jsonBody, jsonOrCsv, operation } from '../openapi/describe';
import { estimateAnswer, taskAnswer } from './answer-schema';

const task = json('The task.', taskAnswer);
const pending = json('The task; it has not ended.', taskAnswer);

/** Paths of tasks. */
export const taskPaths: ZodOpenApiPathsObject = {
  '/v1/tasks': {
    post: operation({
      id: 'createTask',
      tag: 'Tasks',
      summary: 'Create a task of any type',
      isPaid: true,
      body: jsonBody(taskRequest),
      answers: { '200': json('The task; it has ended (`Prefer: wait=N`).', taskAnswer), '202': pending },
    }),
    get: operation({
      id: 'listTasks',
      tag: 'Tasks',
      summary: 'List tasks, newest first',
      query: taskListQuery,
      answers: { '200': jsonOrCsv('A page.', taskListAnswer) },
    }),
  },
  '/v1/tasks/estimate': {
    post: operation({
      id: 'estimateTask',
      tag: 'Tasks',
      summary: 'Estimate what a task would reserve and which routes would serve it; nothing is stored',
      body: jsonBody(taskRequest),
      answers: { '200': json('The estimate.', estimateAnswer) },
    }),
  },
  '/v1/tasks/counts': {
    get: operation({
      id: 'countTasks',
      tag: 'Tasks',
      summary: 'Count tasks by status',
      query: taskCountsQuery,
      answers: { '200': json('The counts.', taskCountsAnswer) },
    }),
  },
  '/v1/tasks/cancel': {
    post: operation({
      id: 'cancelTasks',
      tag: 'Tasks',
      summary: 'Cancel up to 100 tasks; safe to repeat',
      body: jsonBody(bulkBody),
      answers: { '200': json('What became of each, in the order given.', bulkAnswer) },
    }),
  },
  '/v1/tasks/replay': {
    post: operation({
      id: 'replayTasks',
      tag: 'Tasks',
      summary: 'Run up to 100 ended tasks again, as they were asked for',
      isPaid: true,
      body: jsonBody(bulkBody),
      answers: { '200': json('What became of each, in the order given.', bulkAnswer) },
    }),
  },
  '/v1/tasks/{id}': {
    get: operation({
      id: 'getTask',
      tag: 'Tasks',
      summary: 'Retrieve a task; `Prefer: wait=N` waits up to 60 s for its end',
      path: ['id'],
      answers: { '200': task, '202': pending, '304': { description: 'Unchanged since the ETag given.' } },
    }),
  },
  '/v1/tasks/{id}/events': {
    get: operation({
      id: 'streamTask',
      tag: 'Tasks',
      summary: 'Follow a task; ends after its terminal event',
      path: ['id'],
      answers: {
        '200': events('The task after every change; `id` increases.'),
        '204': { description: 'Nothing follows the last event seen.' },
      },
    }),
  },
  '/v1/tasks/{id}/explanation': {
    get: operation({
      id: 'explainTask',
      tag: 'Tasks',
      summary: 'What happened to a task, in plain English or Chinese: whose doing, what was charged, what to do',
      path: ['id'],
      query: explanationQuery,
      answers: { '200': json('The explanation.', explanationAnswer) },
    }),
  },
  '/v1/tasks/{id}/cancel': {
    post: operation({ id: 'cancelTask', tag: 'Tasks', summary: 'Cancel a task; safe to repeat', path: ['id'], answers: { '200': task } }),
  },
  '/v1/tasks/{id}/outputs/{n}/content': {
    get: operation({
      id: 'getTaskOutput',
      tag: 'Tasks',
      summary: 'Download an output, counted from 0',
      path: ['id', 'n'],
      answers: fileAnswers,
    }),
  },
  '/v1/tasks/{id}/partials/{n}': {
    get: operation({
      id: 'getTaskPartial',
      tag: 'Tasks',
      summary: 'Download an unfinished image of a running task that asked for `output.partial_images`, counted from 0',
      path: ['id', 'n'],
      answers: { '200': fileAnswer },
    }),
  },
};
