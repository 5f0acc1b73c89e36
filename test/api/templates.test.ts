import { useApi, KEYS } from './support/api';
import { faultOf } from './support/refusals';
import { publishedTemplate, SHOT as BODY } from './support/templates';

const SHOT = { ...BODY, name: 'product-shot' };

const api = useApi();

test('a template is created as a draft, published, rendered and used by a task', async () => {
  const made = await api.call('POST', '/v1/templates', { body: SHOT });

  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    id: expect.stringMatching(/^tmpl_[0-9a-f]{32}$/),
    object: 'template',
    state: 'draft',
    version: 1,
    published_version: null,
    versions: 1,
    created_by: 'site',
    team: 'studio',
    visibility: 'team',
    ...SHOT,
    negative_prompt: null,
    messages: null,
    images: [],
    warnings: [],
  });

  const unpublished = await api.call('POST', '/v1/tasks', { body: { template: 'product-shot', inputs: { product: 'mug' } } });
  expect(faultOf(unpublished)).toEqual([409, 'template_state', 'template']);

  const publishing = await api.call('POST', '/v1/templates/product-shot/publish', { body: { version: 1 } });
  expect([publishing.status, publishing.body.state, publishing.body.published_version]).toEqual([200, 'published', 1]);

  const rendered = await api.call('POST', `/v1/templates/${made.body.id}/render`, {
    body: { inputs: { product: 'red mug', mood: 'bold' }, overrides: { output: { seed: 7 } } },
  });
  expect(rendered.status).toBe(200);
  expect(rendered.body).toEqual({
    object: 'template.rendering',
    template: { name: 'product-shot', version: 1 },
    task: { type: 'image', model: 'image-test', input: { prompt: 'A red mug, bold light' }, output: { size: '512x512', seed: 7 } },
    cost: { currency: 'USD', estimated: '0.02' },
    warnings: [],
  });

  const task = await api.call('POST', '/v1/tasks', {
    body: { template: 'product-shot', inputs: { product: 'red mug' }, output: { seed: 7 }, external_id: 'sku-1', metadata: { k: 'v' } },
  });
  expect(task.status).toBe(202);
  expect(task.body).toMatchObject({
    type: 'image',
    model: 'image-test',
    input: { prompt: 'A red mug, calm light' },
    output: { size: '512x512', seed: 7 },
    template: { name: 'product-shot', version: 1 },
    external_id: 'sku-1',
    metadata: { k: 'v' },
  });
  const listed = await api.call('GET', '/v1/tasks?template=product-shot');
  expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([task.body.id]);
  expect((await api.call('GET', '/v1/tasks?template=product-shot@2')).body.data).toEqual([]);
});

test.each([
  ['a missing input', {}, 'inputs.product'],
  ['an empty one that is required', { product: '' }, 'inputs.product'],
  ['one too long', { product: 'x'.repeat(201) }, 'inputs.product'],
  ['a wrong type', { product: 5 }, 'inputs.product'],
  ['an unknown one', { product: 'mug', produkt: 'mug' }, 'inputs.produkt'],
  ['a value that is not in the list', { product: 'mug', mood: 'loud' }, 'inputs.mood'],
  ['an image that is text', { product: 'mug', photo: 'asset' }, 'inputs.photo'],
])('%s is refused with its place, and nothing is stored', async (_what, inputs, param) => {
  const name = await publishedTemplate(api);
  const before = await api.call('GET', '/v1/tasks?limit=1');

  expect(faultOf(await api.call('POST', '/v1/tasks', { body: { template: name, inputs } }))).toEqual([
    400,
    'invalid_template_input',
    param,
  ]);
  expect(faultOf(await api.call('POST', `/v1/templates/${name}/render`, { body: { inputs } }))).toEqual([
    400,
    'invalid_template_input',
    param,
  ]);
  expect((await api.call('GET', '/v1/tasks?limit=1')).body.first_id).toBe(before.body.first_id);
});

test('a parameter that the template does not allow is refused; one that says the same is none', async () => {
  const name = await publishedTemplate(api);
  const send = (fields: object) => api.call('POST', '/v1/tasks', { body: { template: name, inputs: { product: 'mug' }, ...fields } });

  expect(faultOf(await send({ output: { n: 2 } }))).toEqual([400, 'parameter_not_overridable', 'output.n']);
  expect(faultOf(await send({ model: 'gpt-test' }))).toEqual([400, 'parameter_not_overridable', 'model']);
  expect(faultOf(await send({ input: { prompt: 'Something else' } }))).toEqual([400, 'parameter_not_overridable', 'input.prompt']);
  expect((await send({ type: 'image', model: 'image-test', output: { size: '1024x1024' } })).status).toBe(202);
  expect(faultOf(await send({ type: 'video' }))).toEqual([400, 'invalid_value', 'template']);
});

test('versions never change, and a request may name one', async () => {
  const name = await publishedTemplate(api);
  const second = await api.call('POST', `/v1/templates/${name}/versions`, {
    body: { ...SHOT, name, prompt: 'Only a {{product}}', inputs: { product: SHOT.inputs.product } },
  });
  expect([second.status, second.body.version, second.body.published_version, second.body.versions]).toEqual([201, 2, 1, 2]);

  const promptOf = async (template: string) =>
    (await api.call('POST', '/v1/tasks', { body: { template, inputs: { product: 'mug' } } })).body.input.prompt as string;
  expect(await promptOf(name)).toBe('A mug, calm light');
  expect(await promptOf(`${name}@2`)).toBe('Only a mug');
  await api.call('POST', `/v1/templates/${name}/publish`, { body: {} });
  expect(await promptOf(name)).toBe('Only a mug');
  expect(await promptOf(`${name}@1`)).toBe('A mug, calm light');

  const versions = await api.call('GET', `/v1/templates/${name}/versions`);
  expect(versions.body.data).toMatchObject([
    { version: 2, published: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { version: 1, published: false },
  ]);
  expect((await api.call('GET', `/v1/templates/${name}/versions/1`)).body.prompt).toBe('A {{product}}, {{mood}} light');
  expect(faultOf(await api.call('GET', `/v1/templates/${name}/versions/3`))).toEqual([404, 'not_found', null]);
  expect(faultOf(await api.call('POST', '/v1/tasks', { body: { template: `${name}@3` } }))).toEqual([404, 'not_found', 'template']);
});

test('a template of another team is not there', async () => {
  const name = await publishedTemplate(api);
  for (const path of [`/v1/templates/${name}`, `/v1/templates/${name}/versions`]) {
    expect((await api.call('GET', path, { key: KEYS.other })).status).toBe(404);
  }
  const used = await api.call('POST', '/v1/tasks', { key: KEYS.other, body: { template: name, inputs: { product: 'mug' } } });
  expect(faultOf(used)).toEqual([404, 'not_found', 'template']);
});
