import { api, asTeam, bodyOf } from './client';
import type { components } from './schema';

export type Asset = components['schemas']['Asset'];

/** Puts a file into the team's library, from where runs take it by its id. */
export async function uploadAsset(team: string, file: File): Promise<Asset> {
  const form = new FormData();
  form.set('file', file);
  const answer = await api.POST('/v1/assets', {
    // The document describes the form; the browser writes it.
    body: form as unknown as { file: string },
    bodySerializer: (body) => body as unknown as FormData,
    headers: asTeam(team),
  });
  return bodyOf(answer);
}
