import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json, operation } from '../../openapi/describe';
import { auditHeadAnswer, auditListAnswer, auditQuery } from './schema';

const tag = 'Administration';

/** Paths of the audit log. */
export const auditPaths: ZodOpenApiPathsObject = {
  '/admin/v1/audit': {
    get: operation({
      id: 'listAudit',
      tag,
      summary: 'Who did what to the installation, newest first',
      query: auditQuery,
      answers: {
        '200': {
          description: 'A page, or with `format` the whole file in the order of the chain.',
          content: {
            'application/json': { schema: auditListAnswer },
            'text/csv': { schema: z.string() },
            'application/x-ndjson': { schema: z.string() },
          },
        },
      },
    }),
  },
  '/admin/v1/audit/head': {
    get: operation({
      id: 'getAuditHead',
      tag,
      summary: 'The end of the audit log, and the heads of it that were signed',
      answers: { '200': json('The head.', auditHeadAnswer) },
    }),
  },
};
