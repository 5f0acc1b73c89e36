import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { jsonOrCsv, operation } from '../openapi/describe';
import { attemptPaths } from './attempts';
import { usageAnswer, usageQuery } from './schema';

const answers = { '200': jsonOrCsv('The usage; with `format=csv` as a table, with the margin of each row.', usageAnswer) };

/** Paths of usage. */
export const usagePaths: ZodOpenApiPathsObject = {
  '/v1/usage': {
    get: operation({ id: 'getUsage', tag: 'Usage', summary: 'What the team used and what it cost', query: usageQuery, answers }),
  },
  '/admin/v1/usage': {
    get: operation({ id: 'getUsageOfTeams', tag: 'Usage', summary: 'What all teams used and what it cost', query: usageQuery, answers }),
  },
  ...attemptPaths,
};
