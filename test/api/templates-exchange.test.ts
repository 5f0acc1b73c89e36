import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createObjectStore } from '../../adapters/storage/object-store';
import { createTemplateBodies } from '../../adapters/storage/templates';
import { renderTemplate } from '../../domain/template/render';
import type { TemplateBody } from '../../domain/template/template';
import { ADMIN_KEY, KEYS, useApi } from './support/api';
import { settle } from './support/lane';
import { faultOf } from './support/refusals';
import { publishedTemplate, SHOT } from './support/templates';

const api = useApi();
const use = (template: string, key = KEYS.site) => api.call('POST', '/v1/tasks', { key, body: { template, inputs: { product: 'mug' } } });

test('a stored body renders the same bytes, whatever became of the code since', async () => {
  const stored = readFileSync(join(__dirname, '__fixtures__', 'product-shot-1.body'));
  const sha256 = createHash('sha256').update(stored).digest('hex');
  expect(sha256).toBe('5c99daff8f3b2e85967c2558abb4d2e2aacffa09fee8e1ecf5f8667de0d91f51');

  const body = JSON.parse(stored.toString()) as TemplateBody;
  const { task } = renderTemplate(
    { name: 'product-shot', version: 1, body },
    { inputs: { product: 'mug “{{mood}}”', photo: { asset_id: 'asset_2' } }, overrides: { output: { size: '1024x1024' } } },
  );

  expect(JSON.stringify(task)).toBe(
    '{"type":"image","model":"image-test","input":{"prompt":"A mug “{{mood}}”, calm light — “mug “{{mood}}”” {{as is}} 3",' +
      '"negative_prompt":"text, calm shadows","images":[{"asset_id":"asset_0199aa00000070008000000000000001","role":"style"},' +
      '{"asset_id":"asset_2","role":"subject"}]},"output":{"size":"1024x1024","seed":3,"watermark":"© mug “{{mood}}”"}}',
  );
});

test('a body is an object of its own, and one that was changed is refused', async () => {
  const name = await publishedTemplate(api);
  const [template] = await api.database.templates.find(name, { teamId: null });
  const version = await api.database.templates.version(template!.id, 1);
  expect(version).toMatchObject({ key: expect.stringContaining(`templates/${template!.id}/1-`), bytes: expect.any(Number) });
  // An api that has not read it yet.
  const objects = createObjectStore(api.bucket);
  const body = JSON.parse(Buffer.from(await objects.read(version!.key)).toString()) as TemplateBody;
  expect(body).toMatchObject({ prompt: SHOT.prompt, inputs: SHOT.inputs });

  await objects.put(version!.key, Buffer.from('{}'), 'application/json');

  await expect(createTemplateBodies(objects).read(version!)).rejects.toMatchObject({ code: 'internal' });
  objects.close();
});

test('an exported template is imported as it was, under its name as the next version', async () => {
  const name = await publishedTemplate(api, { prompt: 'A {{product}}: "{{mood}}"\n\\{{ light }} #1' });
  const exported = await api.call('GET', `/v1/templates/${name}/export`);
  expect(exported.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
  expect(exported.headers.get('content-disposition')).toBe(`attachment; filename="${name}.yaml"`);
  const send = (text: string, key = KEYS.site) =>
    fetch(`${api.origin}/v1/templates/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/yaml' },
      body: text,
    }).then(async (response) => ({ status: response.status, body: (await response.json()) as any }));

  const again = await send(exported.text);
  expect([again.status, again.body.name, again.body.version, again.body.published_version]).toEqual([201, name, 2, 1]);
  const [first, second] = await Promise.all(
    [1, 2].map(async (n) => (await api.call('GET', `/v1/templates/${name}/versions/${String(n)}`)).body),
  );
  expect(second.sha256).toBe(first.sha256);

  const elsewhere = await send(exported.text, KEYS.other);
  expect([elsewhere.status, elsewhere.body.team, elsewhere.body.version, elsewhere.body.state]).toEqual([201, 'rival', 1, 'draft']);

  const broken = await send('name: x\n  type: image');
  expect([broken.status, broken.body.error.code]).toEqual([400, 'invalid_value']);
  expect(broken.body.error.message).toMatch(/^The template is not valid YAML: line \d+, column \d+/);
});

test('a template is made of the settings of a task', async () => {
  const photo = (
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#3c3' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const made = await api.call('POST', '/v1/tasks', {
    body: {
      type: 'image',
      model: 'image-test',
      input: {
        prompt: 'A loaf of bread, a loaf of bread in {{morning}} light',
        negative_prompt: 'text',
        images: [{ data: photo, role: 'style' }],
      },
      output: { size: '512x512', seed: 7 },
    },
  });
  const fromTask = (body: object) => api.call('POST', '/v1/templates/from-task', { body: { task_id: made.body.id, ...body } });
  expect(faultOf(await fromTask({ name: 'bakery' }))).toEqual([409, 'task_not_finished', 'task_id']);
  await settle(api.database.tasks, made.body.id, null);

  const template = await fromTask({
    name: 'bakery',
    inputs: { product: 'loaf of bread', photo: { type: 'image' } },
    overridable: ['output.seed'],
  });

  expect(template.status).toBe(201);
  expect(template.body).toMatchObject({
    name: 'bakery',
    type: 'image',
    model: 'image-test',
    prompt: 'A {{product}}, a {{product}} in \\{{morning}} light',
    negative_prompt: 'text',
    output: { size: '512x512', seed: 7 },
    images: [],
    inputs: {
      product: { type: 'string', default: 'loaf of bread' },
      photo: { type: 'image', role: 'style', default: { asset_id: expect.stringMatching(/^asset_/) } },
    },
    warnings: [],
  });
  await api.call('POST', '/v1/templates/bakery/publish');
  const again = await api.call('POST', '/v1/tasks', { body: { template: 'bakery' } });
  const original = await api.call('GET', `/v1/tasks/${made.body.id}`);
  expect([again.body.input, again.body.output, again.body.model]).toEqual([original.body.input, original.body.output, original.body.model]);

  expect(faultOf(await fromTask({ name: 'other', inputs: { product: 'teapot' } }))).toEqual([
    400,
    'invalid_value',
    'inputs.product.replaces',
  ]);
  expect(faultOf(await fromTask({ name: 'bakery' }))).toEqual([409, 'conflict', 'name']);
  const foreign = await api.call('POST', '/v1/templates/from-task', { key: KEYS.other, body: { task_id: made.body.id, name: 'theirs' } });
  expect(faultOf(foreign)).toEqual([404, 'not_found', null]);
});

test('a template of the organisation is read and used by all teams and changed by its own', async () => {
  const data = (
    await sharp({ create: { width: 32, height: 32, channels: 3, background: '#33c' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const draft = { ...SHOT, name: 'shared', visibility: 'organisation', images: [{ data, role: 'style' }] };
  const made = await api.call('POST', '/v1/templates', { body: draft });
  const other = { key: KEYS.other };
  expect((await api.call('GET', '/v1/templates/shared', other)).status).toBe(404);
  await api.call('POST', '/v1/templates/shared/publish');

  expect((await api.call('GET', '/v1/templates/shared', other)).body).toMatchObject({ id: made.body.id, team: 'studio' });
  const used = await use('shared', KEYS.other);
  expect(used.body).toMatchObject({ team: 'rival', template: { name: 'shared', version: 1 }, input: { images: made.body.images } });
  const listed = await api.call('GET', '/v1/templates?q=SHARED', other);
  expect(listed.body.data.map(({ name }: { name: string }) => name)).toEqual(['shared']);
  for (const [method, path, body] of [
    ['POST', '/v1/templates/shared/versions', draft],
    ['POST', '/v1/templates/shared/publish', {}],
    ['POST', '/v1/templates/shared/archive', undefined],
  ] as const) {
    expect((await api.call(method, path, { ...other, ...(body === undefined ? {} : { body }) })).status).toBe(404);
  }
  // The reference image can be looked at by whoever may use it.
  const [{ asset_id: assetId }] = made.body.images;
  expect((await api.call('GET', `/v1/assets/${assetId}`, other)).status).toBe(200);

  // One of its own by that name is meant first.
  await api.call('POST', '/v1/templates', { ...other, body: { ...SHOT, name: 'shared', prompt: 'Ours: {{product}} {{mood}}' } });
  await api.call('POST', '/v1/templates/shared/publish', other);
  expect((await use('shared', KEYS.other)).body.input.prompt).toBe('Ours: mug calm');
  expect((await use('shared')).body.input.prompt).toBe('A mug, calm light');
  expect(faultOf(await api.call('GET', '/v1/templates/shared', { key: ADMIN_KEY }))).toEqual([400, 'invalid_value', null]);
});

test('an archived template is used by nobody until it is restored', async () => {
  const name = await publishedTemplate(api);
  const archived = await api.call('POST', `/v1/templates/${name}/archive`);
  expect([archived.status, archived.body.state]).toEqual([200, 'archived']);
  expect((await api.call('POST', `/v1/templates/${name}/archive`)).status).toBe(200);

  expect(faultOf(await use(name))).toEqual([409, 'template_state', 'template']);
  expect(faultOf(await use(`${name}@1`))).toEqual([409, 'template_state', 'template']);
  expect(faultOf(await api.call('POST', `/v1/templates/${name}/publish`))).toEqual([409, 'template_state', null]);
  expect((await api.call('GET', '/v1/templates?state=archived')).body.data.map((one: { name: string }) => one.name)).toContain(name);

  expect((await api.call('POST', `/v1/templates/${name}/restore`)).body.state).toBe('published');
  expect((await use(name)).status).toBe(202);
});

test.each([
  ['an unknown placeholder', { prompt: 'A {{prodct}}' }, 'invalid_value', 'prompt'],
  ['an unknown model', { model: 'image-tset' }, 'model_not_found', 'model'],
  ['a model of another kind', { model: 'gpt-test' }, 'invalid_value', 'model'],
  ['a parameter that images do not have', { output: { duration_s: 5 } }, 'unknown_parameter', 'output.duration_s'],
  ['a placeholder for one', { output: { sparkle: '{{mood}}' } }, 'unknown_parameter', 'output.sparkle'],
  ['a size that is none', { output: { size: 'big' } }, 'invalid_value', 'output.size'],
  ['a name in capitals', { name: 'Shot' }, 'invalid_value', 'name'],
  ['an input of an unknown type', { inputs: { product: { type: 'picture' } } }, 'invalid_value', 'inputs.product.type'],
  ['a field that is none', { promt: 'x' }, 'unknown_parameter', 'promt'],
  ['an asset that is not there', { images: [{ asset_id: 'asset_nope' }] }, 'not_found', 'images[0].asset_id'],
  ['a private link', { images: [{ url: 'http://169.254.169.254/x' }] }, 'invalid_url', 'images[0].url'],
])('%s is refused when the template is made', async (_what, changes, code, param) => {
  const answer = await api.call('POST', '/v1/templates', { body: { ...SHOT, name: 'refused', ...changes } });

  expect([answer.body.error?.code, answer.body.error?.param]).toEqual([code, param]);
  expect((await api.call('GET', '/v1/templates/refused')).status).toBe(404);
});
