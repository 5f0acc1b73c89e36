import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components } from './schema';

export type Callback = components['schemas']['Callback'];

export const callbacksQuery = (team: string, taskId: string) =>
  queryOptions({
    queryKey: ['callbacks', team, taskId],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/callbacks', { params: { query: { task_id: taskId } }, headers: asTeam(team), signal })).data,
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === 'pending') === true ? 3_000 : false),
  });

export function useRedeliver(team: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) =>
      bodyOf(await api.POST('/v1/callbacks/{id}/redeliver', { params: { path: { id } }, headers: asTeam(team) })),
    onSuccess: (callback) => client.invalidateQueries({ queryKey: ['callbacks', team, callback.task_id] }),
  });
}
