import { queryOptions } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';

/** What a newcomer does first. */
export type FirstSteps = Readonly<Record<'image' | 'video' | 'text' | 'campaign', boolean>>;

/** Which kinds of generation the team has made already, and whether it has a campaign. Once all are there it is not asked for again. */
export const firstStepsQuery = (team: string) =>
  queryOptions({
    queryKey: ['tasks', team, 'first steps'],
    queryFn: async ({ signal }): Promise<FirstSteps> => {
      const headers = asTeam(team);
      const made = async (type: 'image' | 'video' | 'text'): Promise<boolean> => {
        const query = { type, status: 'succeeded', limit: '1', fields: 'status' };
        const page = bodyOf(await api.GET('/v1/tasks', { params: { query }, headers, signal })) as { data: readonly unknown[] };
        return page.data.length > 0;
      };
      const hasCampaign = async (): Promise<boolean> =>
        bodyOf(await api.GET('/v1/campaigns', { params: { query: { limit: '1' } }, headers, signal })).data.length > 0;
      const [image, video, text, campaign] = await Promise.all([made('image'), made('video'), made('text'), hasCampaign()]);
      return { image, video, text, campaign };
    },
    staleTime: ({ state }) => (state.data !== undefined && Object.values(state.data).every(Boolean) ? Infinity : 10_000),
  });
