import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';

/** Filters of a list under a name. */
export interface View {
  readonly name: string;
  /** As the URL has them. */
  readonly search: Readonly<Record<string, string>>;
}

/** What the console keeps with the person: views by team and list. What else is in there stays as it is. */
type Kept = Readonly<Record<string, unknown>> & { readonly views?: Readonly<Record<string, Readonly<Record<string, readonly View[]>>>> };

const read = async (signal?: AbortSignal): Promise<Kept> =>
  bodyOf(await api.GET('/v1/me/preferences', signal === undefined ? {} : { signal }));

const preferencesQuery = queryOptions({ queryKey: ['me', 'preferences'], queryFn: ({ signal }) => read(signal) });

/** @param list - the page whose filters they are: "tasks" */
export const viewsQuery = (team: string, list: string) =>
  queryOptions({ ...preferencesQuery, select: (kept: Kept): readonly View[] => kept.views?.[team]?.[list] ?? [] });

/** Changes the views of a list; read anew first, since another tab or device may have changed them. */
export function useChangeViews(team: string, list: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: (views: readonly View[]) => readonly View[]) => {
      const kept = await read();
      const views = change(kept.views?.[team]?.[list] ?? []);
      const body = { ...kept, views: { ...kept.views, [team]: { ...kept.views?.[team], [list]: views } } };
      return bodyOf(await api.PUT('/v1/me/preferences', { body }));
    },
    onSuccess: (kept) => client.setQueryData(preferencesQuery.queryKey, kept),
  });
}
