import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { Campaign, CampaignItem } from './campaigns';
import type { components } from './schema';

/** An item with what it asks for. */
export type ItemRequest = components['schemas']['CampaignItemRequest'];
export type ItemChange = components['schemas']['CampaignItemChange'];

const keyOf = (team: string, id: string, index: number) => ['campaign', team, id, 'item', index] as const;

/** What an item asks for; it is asked for anew each time it is to be edited. */
export const itemQuery = (team: string, id: string, index: number) =>
  queryOptions({
    queryKey: keyOf(team, id, index),
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.GET('/v1/campaigns/{id}/items/{index}', {
          params: { path: { id, index: String(index) } },
          headers: asTeam(team),
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });

/** May what the item asks for be changed? As the API decides it. */
export function isEditable({ status: of }: Pick<Campaign, 'status'>, { status }: Pick<CampaignItem, 'status'>): boolean {
  return status === 'failed' || status === 'cancelled' || (status === 'queued' && of !== 'running');
}

interface Edit {
  readonly index: number;
  readonly key: string;
  readonly change: ItemChange;
  /** Run it again at once. */
  readonly isRetried: boolean;
}

/** Changes an item, and runs it again if that is wanted. */
export function useEditItem(team: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ index, key, change, isRetried }: Edit) => {
      const path = { id, index: String(index) };
      bodyOf(await api.PATCH('/v1/campaigns/{id}/items/{index}', { params: { path }, headers: asTeam(team), body: change }));
      if (!isRetried) return;
      bodyOf(await api.POST('/v1/campaigns/{id}/retry', { params: { path: { id } }, headers: asTeam(team), body: { items: [key] } }));
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['campaign', team, id] });
      await client.invalidateQueries({ queryKey: ['campaigns', team] });
    },
  });
}
