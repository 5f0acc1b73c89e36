import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../../openapi/describe';
import {
  importedKeysQuery,
  importedKeysSchema,
  importListSchema,
  importOutcomeSchema,
  importRowsSchema,
  importSchema,
  newImportSchema,
  noticesQuery,
  noticesSchema,
} from './schema';
import { checklistQuery, checklistSchema } from './checklist-schema';
import {
  deltaSchema,
  importedTasksQuery,
  importedTasksSchema,
  keptKeysSchema,
  newDeltaSchema,
  newTrafficSchema,
  oldKeysSchema,
  rollbackSchema,
  trafficSchema,
} from './traffic-schema';

const tag = 'Administration';

/** Paths of moves from other gateways. */
export const importPaths: ZodOpenApiPathsObject = {
  '/admin/v1/imports': {
    get: operation({
      id: 'listImports',
      tag,
      summary: 'Moves from other gateways',
      answers: { '200': json('The newest first.', importListSchema) },
    }),
    post: operation({
      id: 'beginImport',
      tag,
      summary: 'Begin the move from another gateway, or find it',
      body: jsonBody(newImportSchema),
      answers: { '200': json('It had begun before.', importSchema), '201': json('It begins.', importSchema) },
    }),
  },
  '/admin/v1/imports/{id}': {
    get: operation({
      id: 'getImport',
      tag,
      summary: 'How a move stands',
      path: ['id'],
      answers: { '200': json('The move.', importSchema) },
    }),
  },
  '/admin/v1/imports/{id}/rows': {
    post: operation({
      id: 'importRows',
      tag,
      summary: 'Bring in a group of rows; those that came in before stay as they are',
      path: ['id'],
      body: jsonBody(importRowsSchema),
      answers: { '200': json('What became of them.', importOutcomeSchema) },
    }),
  },
  '/admin/v1/imports/{id}/keys': {
    get: operation({
      id: 'listImportedKeys',
      tag,
      summary: 'Keys that came in, as they are now',
      path: ['id'],
      query: importedKeysQuery,
      answers: { '200': json('Those of these that came in.', importedKeysSchema) },
    }),
  },
  '/admin/v1/imports/{id}/tasks': {
    get: operation({
      id: 'listImportedTasks',
      tag,
      summary: 'Generations of the past, as they came in',
      path: ['id'],
      query: importedTasksQuery,
      answers: { '200': json('The newest first.', importedTasksSchema) },
    }),
  },
  '/admin/v1/imports/{id}/checklist': {
    get: operation({
      id: 'getImportChecklist',
      tag,
      summary: 'Where a move stands, part by part, and what to do next',
      path: ['id'],
      query: checklistQuery,
      answers: { '200': json('What `atelier migrate checklist` says, by the plan that was applied last.', checklistSchema) },
    }),
  },
  '/admin/v1/imports/{id}/notices': {
    get: operation({
      id: 'listImportNotices',
      tag,
      summary: 'What people are told of a move, for users and administrators, in both languages',
      path: ['id'],
      query: noticesQuery,
      answers: { '200': json('The texts that `atelier migrate notice` writes.', noticesSchema) },
    }),
  },
  '/admin/v1/imports/{id}/traffic': {
    get: operation({
      id: 'getImportTraffic',
      tag,
      summary: 'Which of the old keys are served here, and which by the old gateway',
      path: ['id'],
      answers: { '200': json('As it is now.', trafficSchema) },
    }),
    put: operation({
      id: 'setImportTraffic',
      tag,
      summary: 'Set which share of the old keys is served here',
      path: ['id'],
      body: jsonBody(newTrafficSchema),
      answers: { '200': json('It holds in every process within a second.', trafficSchema) },
    }),
    delete: operation({
      id: 'endImportTraffic',
      tag,
      summary: 'End it: every key is served here, and the old keys are deleted',
      path: ['id'],
      answers: { '200': json('It is off.', trafficSchema) },
    }),
  },
  '/admin/v1/imports/{id}/traffic/keys': {
    post: operation({
      id: 'keepOldKeys',
      tag,
      summary: 'Keep old keys, encrypted, to call the old gateway with while the move lasts',
      path: ['id'],
      body: jsonBody(oldKeysSchema),
      answers: { '200': json('How many are kept.', keptKeysSchema) },
    }),
  },
  '/admin/v1/imports/{id}/rollback': {
    post: operation({
      id: 'rollBackImport',
      tag,
      summary: 'Send every old key back to the old gateway',
      path: ['id'],
      answers: { '200': json('And what was spent here since.', rollbackSchema) },
    }),
  },
  '/admin/v1/imports/{id}/delta': {
    post: operation({
      id: 'bookImportDelta',
      tag,
      summary: 'Book what changed at the source since it was asked last; a repeat books nothing',
      path: ['id'],
      body: jsonBody(newDeltaSchema),
      answers: { '200': json('What was booked.', deltaSchema) },
    }),
  },
};
