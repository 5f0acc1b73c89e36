import { ADMIN_KEY, KEYS, useApi } from './support/api';

const api = useApi();
const NAMES = ['gpt-test', 'vendor/slashed', '@cf/meta/llama-3.1-8b', 'embed-test', 'unpriced', 'image-test', 'video-test'];
/** Open WebUI keeps its own things under these. */
const OWNED = ['info', 'pipe', 'pipeline', 'arena', 'preset', 'tags'];

const idsOf = (body: any): string[] => body.data.map(({ id }: { id: string }) => id);

test('models are listed with price, capabilities and availability', async () => {
  const { body } = await api.call('GET', '/v1/models');

  const byId = new Map(body.data.map((model: { id: string }) => [model.id, model]));
  expect([...byId.keys()].sort()).toEqual([...NAMES].sort());
  expect(byId.get('gpt-test')).toMatchObject({
    object: 'model',
    owned_by: 'atelier',
    name: 'gpt-test',
    available: true,
    modality: 'text',
    context_window: 8_000,
    context_length: 8_000,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    supported_parameters: expect.arrayContaining(['tools', 'temperature']),
    pricing: { currency: 'USD', input_per_1m_usd: '0.25', cached_input_per_1m_usd: '0.25', output_per_1m_usd: '2' },
  });
  expect(byId.get('unpriced')).toMatchObject({ available: false });
  expect(byId.get('unpriced')).not.toHaveProperty('pricing');
  expect(byId.get('image-test')).toMatchObject({ capabilities: { sizes: ['1024x1024', '512x512'], max_n: 4, max_input_images: 1 } });
});

test('the date on which a vendor ends a model is told, with a warning when it is near or past', async () => {
  const { body } = await api.call('GET', '/v1/models');
  const of = (id: string) => body.data.find((model: { id: string }) => model.id === id);

  expect(of('embed-test')).toMatchObject({ shutdown_date: '2999-12-31' });
  expect(of('embed-test')).not.toHaveProperty('warnings');
  expect(of('unpriced')).toMatchObject({ shutdown_date: '2020-01-31', warnings: [expect.stringContaining('2020-01-31')] });
  expect(of('gpt-test')).not.toHaveProperty('shutdown_date');
  expect((await api.call('GET', '/v1/models/unpriced')).body.warnings).toEqual(of('unpriced').warnings);
});

test('no client is given a null, a wrong type or a key of its own in an item', async () => {
  const { body } = await api.call('GET', '/v1/models');

  expect(body.data).toHaveLength(NAMES.length);
  for (const model of body.data) {
    expect(Object.values(model).filter((value) => value === null)).toEqual([]);
    expect(Object.keys(model).filter((key) => OWNED.includes(key))).toEqual([]);
    expect([typeof model.id, model.object, Number.isInteger(model.created), typeof model.owned_by]).toEqual([
      'string',
      'model',
      true,
      'string',
    ]);
  }
});

test.each([
  ['', NAMES],
  ['?modality=text', NAMES.slice(0, 5)],
  ['?modality=image', ['image-test']],
  ['?modality=video', ['video-test']],
  ['?modality=all&client=x&beta=true&page=7', NAMES],
  ['?limit=1000', NAMES],
])('GET /v1/models%s', async (query, names) => {
  const { status, body } = await api.call('GET', `/v1/models${query}`);

  expect([status, body.object, body.has_more]).toEqual([200, 'list', false]);
  expect(idsOf(body)).toEqual(names);
  expect([body.first_id, body.last_id]).toEqual([names[0], names.at(-1)]);
});

test.each(['modality=audio', 'limit=0', 'limit=many'])('a list with %s is refused by name', async (query) => {
  const { status, body } = await api.call('GET', `/v1/models?${query}`);

  expect([status, body.error.param]).toEqual([400, query.split('=')[0]]);
});

test.each([
  ['after', {}],
  ['after_id', { 'anthropic-version': '2023-06-01' }],
])('a limit below all gives pages that %s goes through', async (name, headers) => {
  const seen: string[] = [];
  for (let after = ''; ;) {
    const { body } = await api.call('GET', `/v1/models?limit=3${after === '' ? '' : `&${name}=${encodeURIComponent(after)}`}`, { headers });
    seen.push(...idsOf(body));
    if (body.has_more !== true) break;
    after = body.last_id;
  }

  expect(seen).toEqual(NAMES);
});

test.each(NAMES.filter((name) => /\W\w/.test(name)))('the model %s is found by the SDK, encoded and as it is', async (name) => {
  const model = await api.client().models.retrieve(name);
  const plain = await api.call('GET', `/v1/models/${name}`);
  const encoded = await api.call('GET', `/models/${encodeURIComponent(name)}/`);

  expect([model.id, plain.body.id, encoded.body.id]).toEqual([name, name, name]);
});

test('a key sees only the models it may use', async () => {
  const list = await api.client(KEYS.poor).models.list();
  const hidden = await api.call('GET', '/v1/models/embed-test', { key: KEYS.poor });

  expect(list.data.map(({ id }) => id).sort()).toEqual(['gpt-test', 'image-test']);
  expect([hidden.status, hidden.body.error.code]).toEqual([404, 'model_not_found']);
});

test('a client of Anthropic gets the list and a model in its shape', async () => {
  const headers = { 'anthropic-version': '2023-06-01', 'x-api-key': KEYS.site };

  const list = await api.call('GET', '/v1/models?limit=1000', { key: null, headers });
  const one = await api.call('GET', '/v1/models/gpt-test', { key: null, headers });

  expect(Object.keys(list.body).sort()).toEqual(['data', 'first_id', 'has_more', 'last_id']);
  const shape = { type: 'model', id: 'gpt-test', display_name: 'gpt-test', created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) };
  expect([list.body.data[0], one.body]).toEqual([shape, shape]);
  expect(list.body).toMatchObject({ has_more: false, first_id: 'gpt-test', last_id: 'video-test' });
});

test('the Codex CLI gets the text models in its shape beside the list', async () => {
  const { body } = await api.call('GET', '/v1/models?client_version=0.154.0');

  expect(idsOf(body)).toEqual(NAMES);
  expect(body.models.map(({ slug }: { slug: string }) => slug)).toEqual([
    'gpt-test',
    'vendor/slashed',
    '@cf/meta/llama-3.1-8b',
    'unpriced',
  ]);
  expect(body.models[0]).toMatchObject({ display_name: 'gpt-test', visibility: 'list', supported_in_api: true, context_window: 8_000 });
  expect(body.models[3]).toMatchObject({ visibility: 'hide' });
  expect(body.models[0]).not.toHaveProperty('base_instructions');
});

test('a key made for a chat client lists text models until it is asked for others', async () => {
  const made = await api.call('POST', '/admin/v1/keys', {
    key: ADMIN_KEY,
    body: { team: 'studio', name: 'chat-client', class: 'personal', images_default: 'url', models_default: 'text' },
  });
  const key: string = made.body.key;

  expect(made.body).toMatchObject({ images_default: 'url', models_default: 'text' });
  // One of them has no route for personal keys.
  const usable = NAMES.filter((name) => name !== '@cf/meta/llama-3.1-8b');
  expect(idsOf((await api.call('GET', '/v1/models', { key })).body)).toEqual(usable.slice(0, 4));
  expect(idsOf((await api.call('GET', '/v1/models?modality=image', { key })).body)).toEqual(['image-test']);
  expect(idsOf((await api.call('GET', '/v1/models?modality=all', { key })).body)).toEqual(usable);
  const listed = (await api.call('GET', '/admin/v1/keys?team=studio', { key: ADMIN_KEY })).body.data;
  expect(listed.find(({ name }: { name: string }) => name === 'site')).toMatchObject({ images_default: 'b64_json', models_default: null });
});
