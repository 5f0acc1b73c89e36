import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { setTimeZone } from '../lib/format';
import { readStored, wipePersonal, writeStored } from '../lib/preferences';
import { bodyOf, doorApi } from './client';
import { isCode } from './errors';
import type { components } from './schema';
import { setCsrfToken } from './session-state';
import { teamsQuery } from './team';

export type Me = components['schemas']['Me'];

/** Somebody signed in with this browser. Without it nobody is asked for: the cookie itself is for no script to see. */
const SIGNED_IN = 'atelier.signed-in';

function welcome(me: Me): Me {
  writeStored(SIGNED_IN, 'yes');
  setTimeZone(me.user.time_zone);
  setCsrfToken(me.csrf_token);
  return me;
}

/** Who is signed in; null: nobody. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<Me | null> => {
    if (readStored(SIGNED_IN) === null) return null;
    try {
      return welcome(bodyOf(await doorApi.GET('/auth/me', { signal })));
    } catch (error) {
      if (isCode(error, 'session_expired', 'invalid_api_key')) {
        writeStored(SIGNED_IN, null);
        return null;
      }
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** Before leaving for the identity provider, which brings the person back signed in. */
export const leaveForSignIn = (): void => writeStored(SIGNED_IN, 'yes');

export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in options'],
  queryFn: async ({ signal }) => bodyOf(await doorApi.GET('/auth/options', { signal })),
  staleTime: 60_000,
});

/** The person of a page behind the sign-in. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (data === undefined || data === null) throw new Error('Nobody is signed in: the page stands outside the shell.');
  return data;
}

/** The team of the path. */
export function useTeam(): string {
  const { team }: { team?: string } = useParams({ strict: false });
  const [first] = useTeams();
  return team ?? first ?? '';
}

/** The teams that the person may look at: their own, and all for who has a role in the organisation. */
export function useTeams(): readonly string[] {
  const me = useMe();
  const { data: all = [] } = useQuery({ ...teamsQuery, enabled: me.organisation_role !== null });
  const own = me.teams.map(({ name }) => name);
  return [...own, ...all.map(({ name }) => name).filter((name) => !own.includes(name))];
}

/** May the person do it, as far as their roles say? The server decides; this only spares them what would be refused. */
export function useMay(action: string): boolean {
  return useMe().permissions.includes(action);
}

/** The same in the team of the path: who manages one team and looks at another changes only the first. */
export function useMayHere(action: string): boolean {
  const me = useMe();
  const team = useTeam();
  const role = me.teams.find(({ name }) => name === team)?.role;
  return me.permissions.includes(action) && (me.organisation_role !== null || role === 'manager');
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { readonly email: string; readonly password: string }) =>
      welcome(bodyOf(await doorApi.POST('/auth/login', { body }))),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
  });
}

export function useSignOut() {
  return useMutation({
    mutationFn: async () => {
      await doorApi.POST('/auth/logout');
      writeStored(SIGNED_IN, null);
      wipePersonal();
      // A page that was read anew holds nothing of the person in memory.
      window.location.assign('/console/sign-in');
    },
  });
}
