import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components, operations } from './schema';

export type Campaign = components['schemas']['Campaign'];
export type CampaignItem = components['schemas']['CampaignItem'];
export type CampaignStatus = Campaign['status'];
export type CampaignEstimate = components['schemas']['CampaignEstimate'];
export type CampaignFault = CampaignEstimate['faults'][number];
export type ItemStatus = CampaignItem['status'];
/** A campaign without its items. */
export type CampaignBody = components['schemas']['CampaignForm']['campaign'];

/** What is sent: the campaign and the file of its items. `revision` changes with either, and stands for both in the cache. */
export interface Proposed {
  readonly revision: string;
  readonly body: CampaignBody;
  readonly items: { readonly text: string; readonly type: 'text/csv' | 'application/x-ndjson' };
}

const POLL_MS = 3_000;
const PAGE = 50;
/** As many items as the API gives at once. */
export const ITEMS_AT_ONCE = 100;
const ENDED: ReadonlySet<CampaignStatus> = new Set(['completed', 'cancelled']);

export const isOver = ({ status }: { readonly status: CampaignStatus }): boolean => ENDED.has(status);

/** Of an item: it will not change unless it is tried again. */
export const hasEnded = ({ status }: CampaignItem): boolean => status !== 'queued' && status !== 'running';

export const campaignsQuery = (team: string, status: CampaignStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: ['campaigns', team, status ?? 'any'],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: String(PAGE),
        ...(status === undefined ? {} : { status }),
        ...(pageParam === null ? {} : { after: pageParam }),
      };
      return bodyOf(await api.GET('/v1/campaigns', { params: { query }, headers: asTeam(team), signal }));
    },
    getNextPageParam: (page) => (page.has_more ? page.last_id : null),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some((campaign) => campaign.status === 'running')) === true ? POLL_MS : POLL_MS * 5,
  });

/** A campaign, asked for again until it has ended. */
export const campaignQuery = (team: string, id: string) =>
  queryOptions({
    queryKey: ['campaign', team, id],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/v1/campaigns/{id}', { params: { path: { id } }, headers: asTeam(team), signal })),
    refetchInterval: ({ state }) => (state.data !== undefined && !isOver(state.data) ? POLL_MS : false),
  });

interface ItemFilter {
  readonly status: ItemStatus | null;
  /** The key of the item before; null: from the first. */
  readonly after: string | null;
  /** The place of the first item, counted from 1; goes before `after`. */
  readonly from?: number;
}

/** A page of items in the order of the file. */
export const itemsQuery = (team: string, id: string, filter: ItemFilter) =>
  queryOptions({
    queryKey: ['campaign', team, id, 'items', filter],
    queryFn: async ({ signal }) => {
      const query = {
        limit: String(ITEMS_AT_ONCE),
        ...(filter.status === null ? {} : { status: filter.status }),
        ...(filter.after === null ? {} : { after: filter.after }),
        ...(filter.from === undefined ? {} : { from_index: String(filter.from) }),
      };
      return bodyOf(await api.GET('/v1/campaigns/{id}/items', { params: { path: { id }, query }, headers: asTeam(team), signal }));
    },
  });

/** Why items failed, the most frequent reason first. @param failed - how many there are: with it the answer changes */
export const failuresQuery = (team: string, id: string, failed: number) =>
  queryOptions({
    queryKey: ['campaign', team, id, 'failures', failed],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/campaigns/{id}/failures', { params: { path: { id } }, headers: asTeam(team), signal })).data,
    enabled: failed > 0,
    placeholderData: keepPreviousData,
  });

function formOf({ body, items }: Proposed): FormData {
  const form = new FormData();
  form.set('campaign', JSON.stringify(body));
  form.set('items', new Blob([items.text], { type: items.type }), items.type === 'text/csv' ? 'items.csv' : 'items.jsonl');
  return form;
}

/** The document describes the form as an object; the browser writes it. */
const written = (proposed: Proposed) => ({
  body: formOf(proposed) as unknown as operations['createCampaign']['requestBody']['content']['multipart/form-data'],
  bodySerializer: (body: unknown) => body as FormData,
});

/** What it would cost, how long it would take and what is wrong with it. The answer of before stays while a new one is asked for. */
export const campaignEstimateQuery = (team: string, proposed: Proposed | null) =>
  queryOptions({
    queryKey: ['campaign estimate', team, proposed?.revision],
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.POST('/v1/campaigns/estimate', { ...written(proposed as Proposed), headers: asTeam(team), signal }),
      ) as CampaignEstimate,
    enabled: proposed !== null,
    retry: false,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

/** All faults as CSV, for more than an estimate lists. */
export const allFaultsQuery = (team: string, proposed: Proposed | null) =>
  queryOptions({
    queryKey: ['campaign faults', team, proposed?.revision],
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.POST('/v1/campaigns/estimate', {
          ...written(proposed as Proposed),
          params: { query: { format: 'csv' } },
          parseAs: 'text',
          headers: asTeam(team),
          signal,
        }),
      ),
    enabled: proposed !== null,
    retry: false,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

/** Creates a campaign, or the schedule of one that repeats. A repeat under the same key finds the first one. */
export function useCreateCampaign(team: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ proposed, key }: { readonly proposed: Proposed; readonly key: string }) =>
      bodyOf(await api.POST('/v1/campaigns', { ...written(proposed), headers: { ...asTeam(team), 'idempotency-key': key } })),
    onSuccess: (made) => {
      // One that repeats is a schedule, which makes its campaigns later.
      if (made.object === 'schedule') return void client.invalidateQueries({ queryKey: ['schedules', team] });
      client.setQueryData(campaignQuery(team, made.id).queryKey, made);
      void client.invalidateQueries({ queryKey: ['campaigns', team] });
    },
  });
}

export type CampaignVerb = 'start' | 'pause' | 'resume' | 'cancel';

/** What is done to a campaign: a verb, a change of its settings, or failed items again. */
export type CampaignAct =
  | { readonly verb: CampaignVerb }
  | { readonly change: { readonly concurrency?: number; readonly name?: string; readonly budget?: { readonly max_cost_usd: string } } }
  | { readonly retry: 'failed' | { readonly errorCode: string } };

export function useCampaignAct(team: string, id: string) {
  const client = useQueryClient();
  const shared = { params: { path: { id } }, headers: asTeam(team) };
  return useMutation({
    mutationFn: async (act: CampaignAct) => {
      if ('change' in act) return bodyOf(await api.PATCH('/v1/campaigns/{id}', { ...shared, body: act.change }));
      if ('retry' in act) {
        const body = act.retry === 'failed' ? { items: act.retry } : { error_code: act.retry.errorCode };
        return bodyOf(await api.POST('/v1/campaigns/{id}/retry', { ...shared, body }));
      }
      return bodyOf(await api.POST(`/v1/campaigns/{id}/${act.verb}`, shared));
    },
    onSuccess: (campaign) => {
      client.setQueryData(campaignQuery(team, id).queryKey, campaign);
      void client.invalidateQueries({ queryKey: ['campaign', team, id] });
      void client.invalidateQueries({ queryKey: ['campaigns', team] });
    },
  });
}

/** Where a browser loads the results from. */
export const resultsUrl = (team: string, id: string, format: 'zip' | 'csv' | 'jsonl'): string =>
  `/v1/campaigns/${encodeURIComponent(id)}/results?format=${format}&team=${encodeURIComponent(team)}`;
