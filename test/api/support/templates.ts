import type { TestApi } from './api';

/** A product on a table: one text, one choice, one photo. */
export const SHOT = {
  type: 'image',
  description: 'A product on a table',
  tags: ['shop'],
  inputs: {
    product: { type: 'string', required: true, max_length: 200, label: { en: 'Product', zh: '产品' } },
    mood: { type: 'enum', values: ['calm', 'bold'], default: 'calm' },
    photo: { type: 'image', role: 'subject' },
  },
  model: 'image-test',
  prompt: 'A {{product}}, {{mood}} light',
  output: { size: '512x512' },
  overridable: ['output.seed', 'output.size'],
};

let names = 0;

/** The name of a new template, published. */
export async function publishedTemplate(api: TestApi, changes: object = {}, key?: string): Promise<string> {
  names += 1;
  const name = `shot-${String(names)}`;
  const as = key === undefined ? {} : { key };
  const made = await api.call('POST', '/v1/templates', { ...as, body: { ...SHOT, ...changes, name } });
  if (made.status !== 201) throw new Error(made.text);
  await api.call('POST', `/v1/templates/${name}/publish`, as);
  return name;
}
