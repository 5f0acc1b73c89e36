import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import { pagedQuery } from './paged';
import type { components, operations } from './schema';

export type Key = components['schemas']['Key'];
export type KeyClass = Key['class'];
export type NewKey = components['schemas']['NewKey'];
export type KeyChange = components['schemas']['KeyChange'];
export type KeyFilter = Omit<NonNullable<operations['listKeys']['parameters']['query']>, 'team' | 'limit' | 'after'>;
/** What a key is called: its team and its name. */
type Named = { readonly team: string; readonly name: string };

/** Rows of a page. */
const PAGE = 100;

export const keysQuery = (team: string, filter: KeyFilter) =>
  pagedQuery<Key>(['keys', team, filter], async ({ after, signal }) =>
    bodyOf(await api.GET('/admin/v1/keys', { params: { query: { ...filter, team, limit: PAGE, ...after } }, signal })),
  );

function useKeyChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // A key that was made or rotated is in the answer and nowhere else.
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
}

/** The answer has the `key`, this once. */
export const useCreateKey = () => useKeyChange(async (body: NewKey) => bodyOf(await api.POST('/admin/v1/keys', { body })));

export const useChangeKey = () =>
  useKeyChange(async ({ team, name, change }: Named & { readonly change: KeyChange }) =>
    bodyOf(await api.PATCH('/admin/v1/keys/{team}/{name}', { params: { path: { team, name } }, body: change })),
  );

/** The answer has the new `key`, this once. @param overlapS - seconds that the old one stays valid */
export const useRotateKey = () =>
  useKeyChange(async ({ team, name, overlapS }: Named & { readonly overlapS: number }) =>
    bodyOf(await api.POST('/admin/v1/keys/{team}/{name}/rotate', { params: { path: { team, name } }, body: { overlap_s: overlapS } })),
  );

export const useRevokeKey = () =>
  useKeyChange(async ({ team, name }: Named) =>
    bodyOf(await api.DELETE('/admin/v1/keys/{team}/{name}', { params: { path: { team, name } } })),
  );

/** Its requests are refused until it is unfrozen. @param reason - one line that whoever uses the key is told */
export const useFreezeKey = () =>
  useKeyChange(async ({ team, name, reason }: Named & { readonly reason: string }) =>
    bodyOf(await api.POST('/admin/v1/keys/{team}/{name}/freeze', { params: { path: { team, name } }, body: { reason } })),
  );

/** Lifts what people and incidents do to it; incidents stay open. */
export const useUnfreezeKey = () =>
  useKeyChange(async ({ team, name }: Named) =>
    bodyOf(await api.POST('/admin/v1/keys/{team}/{name}/unfreeze', { params: { path: { team, name } } })),
  );
