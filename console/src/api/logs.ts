import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import { linkWith } from './link';
import { pagedQuery, type ListPage } from './paged';
import type { components, operations } from './schema';

export type Call = components['schemas']['Call'];
export type CallFilter = Omit<NonNullable<operations['listCalls']['parameters']['query']>, 'limit' | 'after' | 'format'>;
export type HistogramInterval = 'minute' | 'hour' | 'day';

const PAGE = '100';
const LIVE_ROWS = '100';
const LIVE_MS = 2_000;

/** Calls, newest first. */
export const callsQuery = (filter: CallFilter) =>
  pagedQuery<Call>(
    ['calls', filter],
    async ({ after, signal }) =>
      // The document knows a file of CSV as well; what was asked for is this.
      bodyOf(await api.GET('/admin/v1/logs', { params: { query: { ...filter, limit: PAGE, ...after } }, signal })) as ListPage<Call>,
  );

/** The newest calls, asked for again and again; not while the tab is hidden. @param isPaused - they are read, and stay as they are */
export const liveCallsQuery = (filter: CallFilter, isPaused: boolean) =>
  queryOptions({
    queryKey: ['calls', filter, 'live'],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/admin/v1/logs', { params: { query: { ...filter, limit: LIVE_ROWS } }, signal })) as ListPage<Call>,
    refetchInterval: isPaused ? false : LIVE_MS,
    gcTime: 0,
  });

export const histogramQuery = (filter: CallFilter, interval: HistogramInterval) =>
  queryOptions({
    queryKey: ['calls', filter, 'histogram', interval],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/admin/v1/logs/histogram', { params: { query: { ...filter, interval } }, signal })).data,
  });

/** What was asked and answered, where the team keeps it. Each look is in the audit log: it is asked for by a click alone. */
export const bodiesQuery = (id: string, isWanted: boolean) =>
  queryOptions({
    queryKey: ['calls', 'bodies', id],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/logs/{id}/bodies', { params: { path: { id } }, signal })),
    enabled: isWanted,
    staleTime: Infinity,
    retry: false,
  });

/** All that the filter chooses, as a table for a spreadsheet. */
export const callsFile = (filter: CallFilter): string => linkWith('/admin/v1/logs', { ...filter, format: 'csv' });
