import { queryOptions } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';

const KINDS = ['image', 'video', 'text'] as const;

/** Which kinds of generation the team has made already. Once all are there it is not asked for again. */
export const firstStepsQuery = (team: string) =>
  queryOptions({
    queryKey: ['tasks', team, 'first steps'],
    queryFn: async ({ signal }): Promise<Readonly<Record<(typeof KINDS)[number], boolean>>> => {
      const made = await Promise.all(
        KINDS.map(async (type) => {
          const query = { type, status: 'succeeded', limit: '1', fields: 'status' };
          const page = bodyOf(await api.GET('/v1/tasks', { params: { query }, headers: asTeam(team), signal })) as {
            data: readonly unknown[];
          };
          return page.data.length > 0;
        }),
      );
      return { image: made[0] === true, video: made[1] === true, text: made[2] === true };
    },
    staleTime: ({ state }) => (state.data !== undefined && Object.values(state.data).every(Boolean) ? Infinity : 10_000),
  });
