import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components, operations } from './schema';

export type Asset = components['schemas']['Asset'];
export type AssetFilter = Pick<
  NonNullable<operations['listAssets']['parameters']['query']>,
  'kind' | 'q' | 'tag' | 'favourite' | 'template' | 'campaign_id' | 'task_id'
>;

const PAGE = 60;

/** The team's files, newest first. */
export const assetsQuery = (team: string, filter: AssetFilter, limit: number = PAGE) =>
  infiniteQueryOptions({
    queryKey: ['assets', team, filter, limit],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filter, limit: String(limit), ...(pageParam === null ? {} : { after: pageParam }) };
      return bodyOf(await api.GET('/v1/assets', { params: { query }, headers: asTeam(team), signal }));
    },
    getNextPageParam: (page) => (page.has_more ? page.last_id : null),
  });

export const assetQuery = (team: string, id: string) =>
  queryOptions({
    queryKey: ['asset', team, id],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/v1/assets/{id}', { params: { path: { id } }, headers: asTeam(team), signal })),
  });

/** What a file was made of, and what was made of it. */
export const lineageQuery = (team: string, id: string) =>
  queryOptions({
    queryKey: ['asset', team, id, 'lineage'],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/assets/{id}/lineage', { params: { path: { id } }, headers: asTeam(team), signal })),
  });

function useForget(team: string): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ['assets', team] });
    void client.invalidateQueries({ queryKey: ['asset', team] });
  };
}

export interface AssetChange {
  readonly id: string;
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly favourite?: boolean;
}

export function useChangeAssets(team: string) {
  const forget = useForget(team);
  return useMutation({
    mutationFn: async (changes: readonly AssetChange[]) => {
      for (const { id, tags, ...rest } of changes) {
        const body = { ...rest, ...(tags === undefined ? {} : { tags: [...tags] }) };
        await api.PATCH('/v1/assets/{id}', { params: { path: { id } }, body, headers: asTeam(team) });
      }
    },
    onSettled: forget,
  });
}

/** Deletes files one after the other. @param isForced - also what tasks, templates or campaigns still show */
export function useDeleteAssets(team: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, isForced }: { readonly ids: readonly string[]; readonly isForced: boolean }) => {
      for (const id of ids) {
        const query = isForced ? { force: 'true' as const } : {};
        await api.DELETE('/v1/assets/{id}', { params: { path: { id }, query }, headers: asTeam(team) });
      }
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['assets', team] });
      // One that is open is gone: it is not asked for again.
      void client.invalidateQueries({ queryKey: ['asset', team], refetchType: 'none' });
    },
  });
}

/** Files as one ZIP. */
export function useArchive(team: string) {
  return useMutation({
    mutationFn: async (ids: readonly string[]) =>
      bodyOf(await api.POST('/v1/assets/archive', { body: { ids: [...ids] }, parseAs: 'blob', headers: asTeam(team) })),
  });
}

export function useForgetAssets(team: string): () => void {
  return useForget(team);
}
