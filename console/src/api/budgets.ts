import { queryOptions } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components } from './schema';

export type Budget = components['schemas']['BudgetOutlook'];
export type BudgetSeries = components['schemas']['BudgetSeries'];

/** Those that bind the caller. */
export const budgetsQuery = (team: string) =>
  queryOptions({
    queryKey: ['budgets', team],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/v1/budgets', { headers: asTeam(team), signal })).data,
    refetchInterval: 60_000,
    retry: false,
  });

/** How one of them was spent in its period, and where it leads. */
export const budgetSeriesQuery = (team: string, id: string) =>
  queryOptions({
    queryKey: ['budgets', team, 'series', id],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/budgets/{id}/series', { params: { path: { id } }, headers: asTeam(team), signal })),
    refetchInterval: 60_000,
  });
