import { queryOptions } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { components } from './schema';

export type Model = components['schemas']['Model'];
export type Modality = Model['modality'];

export const modelsQuery = (team: string, modality: Modality) =>
  queryOptions({
    queryKey: ['models', team, modality],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/models', { params: { query: { modality } }, headers: asTeam(team), signal })).data,
    staleTime: 60_000,
  });

/** Text models that answer in a conversation. One that only makes embeddings, speech and the like has no `tools`. */
export function answersChats({ capabilities, available }: Model): boolean {
  const isOnly = ['moderations', 'speech', 'transcriptions'].some((name) => capabilities[name] === true);
  return available && !isOnly && (capabilities['embeddings'] !== true || capabilities['tools'] === true);
}
