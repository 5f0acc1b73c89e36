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
} from './schema';

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
};
