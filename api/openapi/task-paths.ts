import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { chatBody } from '../openai/chat/schema';
import { embeddingsBody } from '../openai/embeddings/schema';
import { taskBody, taskListQuery } from '../tasks/schema';
import { events, fileAnswers, json, jsonBody, jsonOrEvents, operation } from './parts';
import { estimateAnswer, taskAnswer, taskListAnswer } from './task-answer';
import { listModelsSchema, modelAnswer, modelListAnswer } from '../openai/models/schema';
import { chatAnswer, embeddingsAnswer, healthAnswer, readyAnswer } from './text-answers';

const task = json('The task.', taskAnswer);
const pending = json('The task; it has not ended.', taskAnswer);

/** Paths of text, models and tasks, and of the process itself. */
export const taskPaths: ZodOpenApiPathsObject = {
  '/v1/models': {
    get: operation({
      id: 'listModels',
      tag: 'Models',
      summary: "List the models of this key; Anthropic's shape with the header anthropic-version",
      query: listModelsSchema,
      answers: { '200': json('The models.', modelListAnswer) },
    }),
  },
  '/v1/models/{id}': {
    get: operation({
      id: 'getModel',
      tag: 'Models',
      summary: 'Look at a model; ids may hold slashes',
      path: ['id'],
      answers: { '200': json('The model.', modelAnswer) },
    }),
  },
  '/v1/chat/completions': {
    post: operation({
      id: 'createChatCompletion',
      tag: 'Text',
      summary: 'Answer a conversation',
      isPaid: true,
      body: jsonBody(chatBody),
      answers: {
        '200': jsonOrEvents('The answer; with `stream` as `chat.completion.chunk` events that end with `[DONE]`.', chatAnswer),
      },
    }),
  },
  '/v1/embeddings': {
    post: operation({
      id: 'createEmbeddings',
      tag: 'Text',
      summary: 'Embed texts',
      isPaid: true,
      body: jsonBody(embeddingsBody),
      answers: { '200': json('The embeddings.', embeddingsAnswer) },
    }),
  },
  '/v1/tasks': {
    post: operation({
      id: 'createTask',
      tag: 'Tasks',
      summary: 'Start a generation of any kind',
      isPaid: true,
      body: jsonBody(taskBody),
      answers: { '200': json('The task; it has ended (`Prefer: wait=N`).', taskAnswer), '202': pending },
    }),
    get: operation({
      id: 'listTasks',
      tag: 'Tasks',
      summary: 'List generations, the newest first',
      query: taskListQuery,
      answers: { '200': json('A page.', taskListAnswer) },
    }),
  },
  '/v1/tasks/estimate': {
    post: operation({
      id: 'estimateTask',
      tag: 'Tasks',
      summary: 'Say what a task would hold and who would serve it; nothing is stored',
      body: jsonBody(taskBody),
      answers: { '200': json('The estimate.', estimateAnswer) },
    }),
  },
  '/v1/tasks/{id}': {
    get: operation({
      id: 'getTask',
      tag: 'Tasks',
      summary: 'Look at a task; `Prefer: wait=N` waits for its end, up to 60 s',
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
      answers: { '200': events('The task at every change; `id` rises.'), '204': { description: 'Nothing follows the event seen last.' } },
    }),
  },
  '/v1/tasks/{id}/cancel': {
    post: operation({ id: 'cancelTask', tag: 'Tasks', summary: 'Cancel a task; repeatable', path: ['id'], answers: { '200': task } }),
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
  '/healthz': {
    get: operation({
      id: 'getHealth',
      tag: 'Process',
      summary: 'Does the process live?',
      isOpen: true,
      answers: { '200': json('It lives.', healthAnswer) },
    }),
  },
  '/readyz': {
    get: operation({
      id: 'getReadiness',
      tag: 'Process',
      summary: 'Do all parts answer?',
      isOpen: true,
      answers: { '200': json('All do.', readyAnswer), '503': json('Some do not.', readyAnswer) },
    }),
  },
  '/metrics': {
    get: operation({
      id: 'getMetrics',
      tag: 'Process',
      summary: 'Metrics for Prometheus',
      isOpen: true,
      answers: { '200': { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } } },
    }),
  },
  '/openapi.json': {
    get: operation({
      id: 'getOpenApi',
      tag: 'Process',
      summary: 'This document',
      isOpen: true,
      answers: { '200': json('The document.', z.record(z.string(), z.unknown())) },
    }),
  },
};
