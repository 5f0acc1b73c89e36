import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { setTimeZone } from '../lib/format';
import { api, bodyOf } from './client';
import type { components } from './schema';
import { meQuery } from './session';
import { setCsrfToken } from './session-state';

export type Session = components['schemas']['Session'];

export const sessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/auth/sessions', { signal })).data,
});

/** Changes name, language, time zone or password of who is signed in. */
export function useChangeMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: components['schemas']['ChangeMe']) => bodyOf(await api.PATCH('/auth/me', { body })),
    gcTime: 0,
    onSuccess: async (me) => {
      setTimeZone(me.user.time_zone);
      setCsrfToken(me.csrf_token);
      client.setQueryData(meQuery.queryKey, me);
      await client.invalidateQueries({ queryKey: ['me', 'sessions'] });
    },
  });
}

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => bodyOf(await api.DELETE('/auth/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me', 'sessions'] }),
  });
}
