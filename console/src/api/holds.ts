import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type LegalHold = components['schemas']['LegalHold'];
export type NewLegalHold = components['schemas']['NewLegalHold'];

/** What must not be deleted, the oldest first. */
export const holdsQuery = queryOptions({
  queryKey: ['operations', 'holds'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/retention/holds', { signal })).data,
});

function useHoldChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ['operations', 'holds'] }) });
}

export const usePlaceHold = () =>
  useHoldChange(async (body: NewLegalHold) => bodyOf(await api.POST('/admin/v1/retention/holds', { body })));

export const useReleaseHold = () =>
  useHoldChange(async (id: string) => bodyOf(await api.DELETE('/admin/v1/retention/holds/{id}', { params: { path: { id } } })));
