import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components } from './schema';

export type Template = components['schemas']['Template'];
/** A template in a list: without its texts. */
export type TemplateRow = components['schemas']['TemplateList']['data'][number];
export type TemplateInput = components['schemas']['TemplateInput'];
export type TemplateState = Template['state'];
export type TemplateBody = components['schemas']['TemplateVersionCreate'];
export type TemplateCreate = components['schemas']['TemplateCreate'];
export type TemplateFromTask = components['schemas']['TemplateFromTask'];

const MOST = 100;

export interface TemplateFilter {
  readonly type?: Template['type'];
  readonly state?: TemplateState;
  readonly tag?: string;
  readonly q?: string;
}

/** The team's templates and those that other teams share, newest first. */
export const templatesQuery = (team: string, filter: TemplateFilter) =>
  queryOptions({
    queryKey: ['templates', team, filter],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/templates', { params: { query: { ...filter, limit: String(MOST) } }, headers: asTeam(team), signal })).data,
  });

/** @param version - undefined: the published one, of a draft the newest */
export const templateQuery = (team: string, name: string, version?: number) =>
  queryOptions({
    queryKey: ['template', team, name, version ?? 'usual'],
    queryFn: async ({ signal }) => {
      const query = version === undefined ? {} : { version: String(version) };
      return bodyOf(await api.GET('/v1/templates/{id}', { params: { path: { id: name }, query }, headers: asTeam(team), signal }));
    },
  });

export const templateVersionsQuery = (team: string, name: string) =>
  queryOptions({
    queryKey: ['template', team, name, 'versions'],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/templates/{id}/versions', { params: { path: { id: name } }, headers: asTeam(team), signal })).data,
  });

/** Runs and cost of this month, by the name of the template. Who may not see usage gets none. */
export const templateUsageQuery = (team: string) =>
  queryOptions({
    queryKey: ['template usage', team],
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.GET('/v1/usage', {
          params: { query: { group_by: 'template', interval: 'none' } },
          parseAs: 'json',
          headers: asTeam(team),
          signal,
        }),
      ),
    retry: false,
    staleTime: 60_000,
  });

/** Forgets what was read of templates. */
function useForget(team: string): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ['templates', team] });
    void client.invalidateQueries({ queryKey: ['template', team] });
  };
}

export function useCreateTemplate(team: string) {
  const forget = useForget(team);
  return useMutation({
    mutationFn: async (body: TemplateCreate) => bodyOf(await api.POST('/v1/templates', { body, headers: asTeam(team) })),
    onSuccess: forget,
  });
}

export function useTemplateFromTask(team: string) {
  const forget = useForget(team);
  return useMutation({
    mutationFn: async (body: TemplateFromTask) => bodyOf(await api.POST('/v1/templates/from-task', { body, headers: asTeam(team) })),
    onSuccess: forget,
  });
}

export function useImportTemplate(team: string) {
  const forget = useForget(team);
  return useMutation({
    mutationFn: async (yaml: string) =>
      bodyOf(
        await api.POST('/v1/templates/import', {
          body: yaml as never,
          bodySerializer: (body) => body,
          headers: { ...asTeam(team), 'content-type': 'application/yaml' },
        }),
      ),
    onSuccess: forget,
  });
}

/** Saves a body as the next version, and publishes it if that is wanted. */
export function useSaveVersion(team: string, name: string) {
  const forget = useForget(team);
  const shared = { params: { path: { id: name } }, headers: asTeam(team) };
  return useMutation({
    mutationFn: async ({ body, isPublished }: { readonly body: TemplateBody | null; readonly isPublished: boolean }) => {
      const version = body === null ? undefined : bodyOf(await api.POST('/v1/templates/{id}/versions', { ...shared, body })).version;
      if (!isPublished) return;
      await api.POST('/v1/templates/{id}/publish', { ...shared, body: version === undefined ? {} : { version } });
    },
    onSuccess: forget,
  });
}

export function useTemplateVerb(team: string, name: string) {
  const forget = useForget(team);
  return useMutation({
    mutationFn: async (verb: 'archive' | 'restore') =>
      bodyOf(await api.POST(`/v1/templates/{id}/${verb}`, { params: { path: { id: name } }, headers: asTeam(team) })),
    onSuccess: forget,
  });
}

export const exportUrl = (team: string, name: string): string =>
  `/v1/templates/${encodeURIComponent(name)}/export?team=${encodeURIComponent(team)}`;

/** What an input is called in a language. */
export function labelOf(name: string, { label }: TemplateInput, language: 'en' | 'zh'): string {
  if (typeof label === 'string' && label !== '') return label;
  if (typeof label === 'object') return label[language] ?? label.en ?? label.zh ?? name;
  return name;
}
