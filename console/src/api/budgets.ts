import { queryOptions } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components } from './schema';

export type Budget = components['schemas']['Budget'];

/** Those that bind the caller. */
export const budgetsQuery = (team: string) =>
  queryOptions({
    queryKey: ['budgets', team],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/v1/budgets', { headers: asTeam(team), signal })).data,
    refetchInterval: 60_000,
    retry: false,
  });
