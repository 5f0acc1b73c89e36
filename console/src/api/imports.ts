import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { Language } from '../lib/text';
import type { components, operations } from './schema';

export type Import = components['schemas']['Import'];
export type ImportTraffic = components['schemas']['ImportTraffic'];
/** A part of a move: how it stands, and what to do. */
export type ImportCheck = operations['getImportChecklist']['responses']['200']['content']['application/json']['data'][number];
/** What fills the blanks of notices. */
export type NoticeFacts = Required<NonNullable<operations['listImportNotices']['parameters']['query']>>;
export type NewImportTraffic = components['schemas']['NewImportTraffic'];

const POLL_MS = 15_000;
const pathOf = (id: string) => ({ path: { id } });

/** Moves that came in here, of other gateways. */
export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/imports', { signal })).data,
  refetchInterval: POLL_MS,
});

/** Where a move stands, part by part, in a language. */
export const importChecksQuery = (id: string, lang: Language) =>
  queryOptions({
    queryKey: ['imports', id, 'checklist', lang],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/admin/v1/imports/{id}/checklist', { params: { ...pathOf(id), query: { lang } }, signal })).data,
    placeholderData: keepPreviousData,
    refetchInterval: POLL_MS,
  });

/** What people are told of a move, in both languages. What is empty stands as a blank. */
export const importNoticesQuery = (id: string, facts: NoticeFacts) =>
  queryOptions({
    queryKey: ['imports', id, 'notices', facts],
    queryFn: async ({ signal }) => {
      const { from, until, ...texts } = facts;
      const query = { ...texts, ...(from === '' ? {} : { from }), ...(until === '' ? {} : { until }) };
      return bodyOf(await api.GET('/admin/v1/imports/{id}/notices', { params: { ...pathOf(id), query }, signal })).data;
    },
    placeholderData: keepPreviousData,
  });

/** Which of the old keys are served here. */
export const importTrafficQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id, 'traffic'],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/imports/{id}/traffic', { params: pathOf(id), signal })),
    refetchInterval: POLL_MS,
  });

function useImportChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ['imports'] }) });
}

export const useSetTraffic = () =>
  useImportChange(async ({ id, ...body }: NewImportTraffic & { readonly id: string }) =>
    bodyOf(await api.PUT('/admin/v1/imports/{id}/traffic', { params: pathOf(id), body })),
  );

/** Sends every old key back, and says what was spent here meanwhile. */
export const useRollBack = () =>
  useImportChange(async (id: string) => bodyOf(await api.POST('/admin/v1/imports/{id}/rollback', { params: pathOf(id) })));

/** Every key is served here from then on, and the old keys are deleted. */
export const useEndTraffic = () =>
  useImportChange(async (id: string) => bodyOf(await api.DELETE('/admin/v1/imports/{id}/traffic', { params: pathOf(id) })));
