import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import { pagedQuery } from './paged';
import type { components, operations } from './schema';

export type Team = components['schemas']['Team'];
export type Member = components['schemas']['Member'];
export type Project = components['schemas']['Project'];
export type TeamRole = Member['role'];
export type BudgetLimits = components['schemas']['BudgetLimits'];
type ProjectChange = components['schemas']['ProjectChange'];
type NewUser = operations['inviteUser']['requestBody']['content']['application/json'];

const PAGE = '100';

export const teamQuery = (team: string) =>
  queryOptions({
    queryKey: ['team', team],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/teams/{team}', { params: { path: { team } }, signal })),
  });

/** Every team that the person may see: for roles of the organisation, which belong to none. */
export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/teams', { params: { query: { limit: PAGE } }, signal })).data,
  staleTime: 60_000,
});

export const organisationQuery = queryOptions({
  queryKey: ['organisation'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/organisation', { signal })),
});

export const membersQuery = (team: string) =>
  queryOptions({
    queryKey: ['team', team, 'members'],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/teams/{team}/members', { params: { path: { team } }, signal })).data,
  });

export const projectsQuery = (team: string) =>
  pagedQuery(['team', team, 'projects'], async ({ after, signal }) =>
    bodyOf(await api.GET('/admin/v1/teams/{team}/projects', { params: { path: { team }, query: { limit: PAGE, ...after } }, signal })),
  );

/** Runs a change of something of the team, and asks anew for all that is shown of it. */
function useTeamChange<Input, Output>(team: string, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: ['team', team] }),
  });
}

/** Answers the link that the person accepts the invitation with: it is shown once. */
export const useInvite = (team: string) =>
  useTeamChange(team, async (body: NewUser) => bodyOf(await api.POST('/admin/v1/users', { body })));

export const useSetRole = (team: string) =>
  useTeamChange(team, async ({ user, role }: { readonly user: string; readonly role: TeamRole }) =>
    bodyOf(await api.PUT('/admin/v1/teams/{team}/members/{user}', { params: { path: { team, user } }, body: { role } })),
  );

export const useRemoveMember = (team: string) =>
  useTeamChange(team, async (user: string) =>
    bodyOf(await api.DELETE('/admin/v1/teams/{team}/members/{user}', { params: { path: { team, user } } })),
  );

export const useCreateProject = (team: string) =>
  useTeamChange(team, async (body: components['schemas']['NewProject']) =>
    bodyOf(await api.POST('/admin/v1/teams/{team}/projects', { params: { path: { team } }, body })),
  );

export const useChangeProject = (team: string) =>
  useTeamChange(team, async ({ project, change }: { readonly project: string; readonly change: ProjectChange }) =>
    bodyOf(await api.PATCH('/admin/v1/teams/{team}/projects/{project}', { params: { path: { team, project } }, body: change })),
  );
