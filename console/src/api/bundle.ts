import { saveText } from '../lib/download';
import { api, bodyOf } from './client';

/** Saves what support needs of a run: redacted JSON, made by the server. */
export async function downloadBundle(id: string): Promise<void> {
  const bundle = bodyOf(await api.GET('/admin/v1/tasks/{id}/bundle', { params: { path: { id } } }));
  saveText(JSON.stringify(bundle, null, 2), `${id}.json`, 'application/json');
}
