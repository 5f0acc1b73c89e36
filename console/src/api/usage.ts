import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import { linkWith } from './link';
import type { components, operations } from './schema';

export type Usage = components['schemas']['Usage'];
export type UsageRow = components['schemas']['UsageRow'];
export type UsageQuery = NonNullable<operations['getUsageOfTeams']['parameters']['query']>;

const MINUTE_MS = 60_000;

/** Sums of the ledger over a time. Without `team`: of all teams that the person may see. */
export const usageQuery = (query: UsageQuery) =>
  queryOptions({
    queryKey: ['usage', query],
    // The document knows a file of CSV as well; what was asked for is this.
    queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/usage', { params: { query }, signal })) as Usage,
    staleTime: MINUTE_MS,
    placeholderData: keepPreviousData,
  });

/** Where the same comes as a table for a spreadsheet. */
export const usageFile = (query: UsageQuery): string => linkWith('/admin/v1/usage', { ...query, format: 'csv' });
