import { queryOptions } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components } from './schema';

export type Template = components['schemas']['Template'];
export type TemplateInput = components['schemas']['TemplateInput'];
export type TemplateState = Template['state'];

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

/** What an input is called in a language. */
export function labelOf(name: string, { label }: TemplateInput, language: 'en' | 'zh'): string {
  if (typeof label === 'string' && label !== '') return label;
  if (typeof label === 'object') return label[language] ?? label.en ?? label.zh ?? name;
  return name;
}
