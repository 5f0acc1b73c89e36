import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, jsonBody, operation } from '../../openapi/describe';
import {
  holdAnswer,
  holdListAnswer,
  newHoldSchema,
  previewAnswer,
  releaseAnswer,
  retentionAnswer,
  retentionChangeSchema,
  runListAnswer,
  runsQuery,
} from './schema';

const tag = 'Administration';

/** Paths of retention. */
export const retentionPaths: ZodOpenApiPathsObject = {
  '/admin/v1/retention': {
    get: operation({
      id: 'getRetention',
      tag,
      summary: 'How long records are kept, by kind, team and class of keys',
      answers: { '200': json('The kinds of records with their rules.', retentionAnswer) },
    }),
    put: operation({
      id: 'setRetention',
      tag,
      summary: 'Replace the rules of retention that are not in the configuration file',
      body: jsonBody(retentionChangeSchema),
      answers: { '200': json('The kinds of records with their rules.', retentionAnswer) },
    }),
  },
  '/admin/v1/retention/holds': {
    get: operation({
      id: 'listLegalHolds',
      tag,
      summary: 'What must not be deleted',
      answers: { '200': json('The oldest first.', holdListAnswer) },
    }),
    post: operation({
      id: 'createLegalHold',
      tag,
      summary: 'Keep all of a team, a task or a campaign, whatever its retention says',
      body: jsonBody(newHoldSchema),
      answers: { '201': json('The hold.', holdAnswer) },
    }),
  },
  '/admin/v1/retention/holds/{id}': {
    delete: operation({
      id: 'releaseLegalHold',
      tag,
      summary: 'Release a hold: its things go as their retention says',
      path: ['id'],
      answers: { '200': json('It is released.', releaseAnswer) },
    }),
  },
  '/admin/v1/retention/runs': {
    get: operation({
      id: 'listRetentionRuns',
      tag,
      summary: 'What went, by kind and team',
      query: runsQuery,
      answers: { '200': json('The newest first.', runListAnswer) },
    }),
  },
  '/admin/v1/retention/preview': {
    get: operation({
      id: 'previewRetention',
      tag,
      summary: 'What the next turns would delete, without deleting it',
      answers: { '200': json('By kind and team; at most 100,000 things of each are counted.', previewAnswer) },
    }),
  },
};
