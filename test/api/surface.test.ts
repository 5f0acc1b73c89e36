import { createHash } from 'node:crypto';
import { eventually } from '../support/eventually';
import { KEYS, useApi } from './support/api';

const api = useApi();

test('models are listed with price, capabilities and availability', async () => {
  const { body } = await api.call('GET', '/v1/models');

  const byId = new Map(body.data.map((model: { id: string }) => [model.id, model]));
  expect(byId.get('gpt-test')).toMatchObject({
    object: 'model',
    owned_by: 'atelier',
    available: true,
    modality: 'text',
    context_window: 8_000,
    pricing: { currency: 'USD', input_per_1m_usd: '0.25', cached_input_per_1m_usd: '0.25', output_per_1m_usd: '2' },
  });
  expect(byId.get('unpriced')).toMatchObject({ available: false, pricing: null });
  expect(byId.get('picture-test')).toMatchObject({ capabilities: { sizes: ['1024x1024', '512x512'], max_n: 4, max_input_images: 1 } });
});

test('a model whose name holds a slash is found by the SDK', async () => {
  const model = await api.client().models.retrieve('vendor/slashed');
  const unencoded = await api.call('GET', '/v1/models/vendor/slashed');

  expect([model.id, unencoded.body.id]).toEqual(['vendor/slashed', 'vendor/slashed']);
});

test('a key sees only the models it may use', async () => {
  const list = await api.client(KEYS.poor).models.list();
  const hidden = await api.call('GET', '/v1/models/embed-test', { key: KEYS.poor });

  expect(list.data.map(({ id }) => id).sort()).toEqual(['gpt-test', 'picture-test']);
  expect([hidden.status, hidden.body.error.code]).toEqual([404, 'model_not_found']);
});

test('the process says that it lives, and whether its parts answer', async () => {
  const live = await api.call('GET', '/healthz', { key: null });
  const ready = await api.call('GET', '/readyz', { key: null });
  api.probes.push({ name: 'temporal', check: () => Promise.reject(new Error('connection refused')) });
  const missing = await api.call('GET', '/readyz', { key: null });
  api.probes.pop();

  expect([live.status, ready.status, ready.body.status]).toEqual([200, 200, 'ready']);
  expect([missing.status, missing.body.missing]).toEqual([503, [{ name: 'temporal', reason: 'connection refused' }]]);
});

test('metrics count answers by route, not by path', async () => {
  await api.call('GET', '/v1/models/nothing-1');
  await api.call('GET', '/nowhere-1');

  const { text } = await api.call('GET', '/metrics', { key: null });

  expect(text).toMatch(/atelier_http_requests_total\{method="GET",route="\/v1\/models\/\*id",status="404"\} \d+/);
  expect(text).not.toContain('nowhere-1');
});

test('a revoked key is refused within seconds', async () => {
  const key = 'sk-short-lived-0123456789';
  const store = api.catalogueStore;
  await store.createCredential({
    team: 'studio',
    name: 'short',
    class: 'script',
    limitMicroUsd: null,
    models: ['*'],
    keyHash: createHash('sha256').update(key).digest('hex'),
    hint: 'sk-short',
  });
  expect((await api.call('GET', '/v1/models', { key })).status).toBe(200);

  await store.revokeCredential('studio', 'short');

  await eventually(async () => (await api.call('GET', '/v1/models', { key })).status === 401, { withinMs: 4_000 });
});
