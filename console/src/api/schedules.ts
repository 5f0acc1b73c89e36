import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import { pagedQuery } from './paged';
import type { components } from './schema';

export type Schedule = components['schemas']['Schedule'];

const PAGE = '50';

/** What makes campaigns again and again, the newest first. @param words - in the name or the id; '': all */
export const schedulesQuery = (team: string, words: string) => ({
  ...pagedQuery<Schedule>(['schedules', team, words], async ({ after, signal }) => {
    const query = { limit: PAGE, ...after, ...(words === '' ? {} : { q: words }) };
    return bodyOf(await api.GET('/v1/schedules', { params: { query }, headers: asTeam(team), signal }));
  }),
  refetchInterval: 30_000,
});

/** No further campaign is made; those that were stay. */
export function useRemoveSchedule(team: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => bodyOf(await api.DELETE('/v1/schedules/{id}', { params: { path: { id } }, headers: asTeam(team) })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['schedules', team] }),
  });
}
