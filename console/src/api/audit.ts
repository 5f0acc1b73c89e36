import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import { linkWith } from './link';
import { pagedQuery, type ListPage } from './paged';
import type { components, operations } from './schema';

export type AuditEntry = components['schemas']['AuditEntry'];
export type AuditFilter = Omit<NonNullable<operations['listAudit']['parameters']['query']>, 'limit' | 'after' | 'format' | 'order'>;

/** Who did what, newest first. */
export const auditQuery = (filter: AuditFilter) =>
  pagedQuery<AuditEntry>(
    ['audit', filter],
    async ({ after, signal }) =>
      // The document knows files as well; what was asked for is this.
      bodyOf(
        await api.GET('/admin/v1/audit', { params: { query: { ...filter, limit: '100', ...after } }, signal }),
      ) as ListPage<AuditEntry>,
  );

/** The newest link of the chain, and what was signed of it. */
export const auditHeadQuery = queryOptions({
  queryKey: ['audit', 'head'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/audit/head', { signal })),
});

export const auditFile = (filter: AuditFilter, format: 'csv' | 'jsonl'): string => linkWith('/admin/v1/audit', { ...filter, format });
