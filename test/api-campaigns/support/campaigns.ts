import type { Answer } from '../../support/call';
import type { TestApi } from '../../api/support/api';
import { KEYS } from '../../api/support/api';

/** An item of an image that `image-test` can make, for 0.02 USD. */
export const ITEM = { type: 'image', model: 'image-test', input: { prompt: 'A red fox.' } };

/** A campaign of that many images. */
export function campaignOf(count: number, more: object = {}): object {
  const items = Array.from({ length: count }, (_, index) => ({ key: `sku-${index + 1}`, input: { prompt: `Image ${index + 1}` } }));
  return { defaults: { type: 'image', model: 'image-test' }, items, ...more };
}

/** Sends a campaign as JSON. */
export function post(api: TestApi, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return api.call('POST', '/v1/campaigns', { body, headers });
}

/** Sends a campaign as a form: `items` as JSONL, each part as a field or a file. */
export async function postForm(
  api: TestApi,
  parts: { readonly campaign?: string | Blob; readonly items?: string | Blob; readonly [name: string]: string | Blob | undefined },
  headers: Readonly<Record<string, string>> = {},
  path = '/v1/campaigns',
): Promise<Answer> {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) {
    if (part !== undefined) form.append(name, part);
  }
  const response = await fetch(`${api.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}`, ...headers },
    body: form,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : null };
}

/** All items of a campaign, in order. */
export async function itemsOf(api: TestApi, id: string): Promise<readonly any[]> {
  const { body } = await api.call('GET', `/v1/campaigns/${id}/items?limit=100`);
  return body.data;
}
