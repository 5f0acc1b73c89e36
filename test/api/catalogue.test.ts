import { ADMIN_KEY, CONFIG, useApi, VARIABLES } from './support/api';
import type { Answer } from '../support/call';

const api = useApi();
const SECRET = 'sk-upstream-0123456789abcdef-wxyz';
const asAdmin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });
const named = (list: Answer, name: string): unknown => list.body.data.find((one: { readonly name: string }) => one.name === name);

const ROUTE = { provider: 'kitchen', model: 'bread-1' };
let number = 0;
/** A provider of its own, so that tests do not meet. */
async function aProvider(more: object = {}): Promise<string> {
  const name = `provider-${++number}`;
  const made = await asAdmin('POST', '/providers', { name, kind: 'openai', base_url: 'http://127.0.0.1:1/v1', api_key: SECRET, ...more });
  expect([made.status, made.body.error]).toEqual([201, undefined]);
  return name;
}
async function aModel(provider: string, more: object = {}): Promise<string> {
  const name = `model-${++number}`;
  const routes = [{ provider, model: 'up' }];
  const made = await asAdmin('POST', '/models', { name, modality: 'text', price: 'free', routes, ...more });
  expect([made.status, made.body.error]).toEqual([201, undefined]);
  return name;
}

test('a provider and a model by API serve at once, and no answer has the secret', async () => {
  const provider = await asAdmin('POST', '/providers', {
    name: 'kitchen',
    kind: 'openai',
    base_url: 'http://127.0.0.1:1/v1',
    api_key: SECRET,
    headers: { 'x-api-token': 'token-0123456789abcdef', 'x-team': 'bakers' },
    limits: { requests_per_minute: 60 },
  });
  expect(provider.status).toBe(201);
  expect(provider.body).toMatchObject({
    object: 'provider',
    name: 'kitchen',
    kind: 'openai',
    managed_by: 'api',
    enabled: true,
    base_url: 'http://127.0.0.1:1/v1',
    headers: { 'x-api-token': '…cdef', 'x-team': 'bakers' },
    limits: { requests_per_minute: 60 },
    keys: [{ name: 'default', weight: 1, state: 'closed', hints: { api_key: '…wxyz' } }],
  });
  expect(provider.body).not.toHaveProperty('api_key');

  const model = await asAdmin('POST', '/models', {
    name: 'house/bread',
    modality: 'text',
    price: { input_per_1m_usd: '0.25', output_per_1m_usd: '2' },
    routes: [ROUTE],
    capabilities: { max_n: 3 },
  });
  expect(model.status).toBe(201);
  expect(model.body).toMatchObject({
    object: 'model',
    name: 'house/bread',
    managed_by: 'api',
    available: true,
    price: { input_per_1m_usd: '0.25', cached_input_per_1m_usd: '0.25', output_per_1m_usd: '2' },
    routes: [{ ...ROUTE, priority: 0, weight: 1 }],
    max_output_tokens: 4096,
    capabilities: { max_n: 3 },
  });

  expect((await api.call('GET', '/v1/models/house/bread')).body).toMatchObject({ id: 'house/bread', available: true });
  const chat = { model: 'house/bread', messages: [{ role: 'user', content: 'knead' }] };
  expect((await api.call('POST', '/v1/chat/completions', { body: chat })).status).toBe(200);

  const [providers, models] = [await asAdmin('GET', '/providers'), await asAdmin('GET', '/models')];
  expect(named(providers, 'fake')).toMatchObject({ managed_by: 'file' });
  expect(named(models, 'gpt-test')).toMatchObject({ managed_by: 'file', context_window: 8000 });
  expect(models.body.data.map(({ name }: { readonly name: string }) => name).at(-1)).toBe('house/bread');
  for (const answer of [provider, providers, await asAdmin('GET', '/providers/kitchen')]) {
    expect(answer.text).not.toContain(SECRET);
    expect(answer.text).not.toContain('token-0123456789abcdef');
  }
  const rows = await api.database.query<{ text: string }>(`select row_to_json(p)::text as text from providers p where name = 'kitchen'`);
  expect(rows[0]?.text).not.toContain(SECRET);
});

test('what the configuration file names is changed there, and the answer names the file', async () => {
  const body = { modality: 'text', price: 'free', routes: [{ provider: 'fake', model: 'up-text' }] };
  for (const [method, path, given] of [
    ['PATCH', '/models/gpt-test', { tier: 'premium' }],
    ['DELETE', '/models/gpt-test', undefined],
    ['POST', '/models', { name: 'gpt-test', ...body }],
    ['PATCH', '/providers/fake', { max_concurrency: 2 }],
    ['DELETE', '/providers/fake', undefined],
    ['POST', '/providers', { name: 'fake', kind: 'openai', api_key: SECRET }],
  ] as const) {
    const answer = await asAdmin(method, path, given);
    expect([path, answer.status, answer.body.error.code]).toEqual([path, 409, 'managed_by_file']);
    expect(answer.body.error.message).toContain('/etc/atelier/atelier.yaml');
  }
});

test('a change keeps what it does not give, takes away what is null, and keeps secrets that are not given anew', async () => {
  const provider = await aProvider({ headers: { authorization: 'Bearer token-0123456789abcdef' }, poll_ms: 500 });
  const changed = await asAdmin('PATCH', `/providers/${provider}`, {
    poll_ms: null,
    enabled: false,
    headers: { 'x-team': 'bakers' },
    keys: [{ name: 'default' }, { name: 'second', api_key: 'sk-second-0123456789-abcd', weight: 3 }],
  });
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({
    enabled: false,
    base_url: 'http://127.0.0.1:1/v1',
    headers: { authorization: '…cdef', 'x-team': 'bakers' },
    keys: [
      { name: 'default', weight: 1, hints: { api_key: '…wxyz' } },
      { name: 'second', weight: 3, hints: { api_key: '…abcd' } },
    ],
  });
  expect(changed.body).not.toHaveProperty('poll_ms');
  expect((await api.catalogueStore.snapshot()).providers.get(provider)).toMatchObject({
    disabled: true,
    headers: { authorization: 'Bearer token-0123456789abcdef' },
    keys: [{ secrets: { api_key: SECRET } }, { secrets: { api_key: 'sk-second-0123456789-abcd' } }],
  });

  const model = await aModel(provider, { tier: 'economy', capabilities: { tools: true } });
  const dearer = await asAdmin('PATCH', `/models/${model}`, { tier: null, price: { per_call_usd: '0.01' } });
  expect(dearer.body).toMatchObject({ price: { per_call_usd: '0.01' }, capabilities: { tools: true } });
  expect(dearer.body).not.toHaveProperty('tier');
  expect((await api.call('GET', `/v1/models/${model}`)).body.pricing).toEqual({ currency: 'USD', per_call_usd: '0.01' });
});

test('a body is checked as the file is, with what is there already, and what is wrong is stored nowhere', async () => {
  const provider = await aProvider({ classes: ['production', 'test'] });
  const before = (await asAdmin('GET', '/models')).body.data.length;
  const body = { name: 'wrong', modality: 'text', price: 'free', routes: [{ provider, model: 'up' }] };
  for (const [given, param, message] of [
    [{ ...body, routes: [{ provider: 'nobody', model: 'up' }] }, 'routes[0].provider', 'names a provider that is not in this installation'],
    [{ ...body, routes: [] }, 'routes', 'needs at least one route'],
    [{ ...body, capabilities: { wings: true } }, 'capabilities.wings', 'is not a known option here'],
    [{ ...body, price: { per_image_usd: '1' } }, 'price.per_image_usd', 'does not price text'],
    [{ ...body, price: 5 }, 'price', 'must be free, catalogue'],
    [{ ...body, fallbacks: { content_policy: ['image-test'] } }, 'fallbacks.content_policy[0]', 'names a model for image'],
    [{ ...body, name: '' }, 'name', 'must be 1 to 128 characters'],
  ] as const) {
    const answer = await asAdmin('POST', '/models', given);
    expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, 'invalid_value', param]);
    expect(answer.body.error.message).toContain(message);
  }
  expect((await asAdmin('GET', '/models')).body.data).toHaveLength(before);

  for (const [given, param] of [
    [{ name: 'p', kind: 'steam', api_key: SECRET }, 'kind'],
    [{ name: 'p', kind: 'kling', access_key: '${KLING_AK}', secret_key: 'x' }, 'access_key'],
    [{ name: 'p', kind: 'openai', base_url: 'http://user:pass@host' }, 'base_url'],
    [{ name: 'p', kind: 'openai', api_key: SECRET, enabled: 'yes' }, 'enabled'],
  ] as const) {
    const answer = await asAdmin('POST', '/providers', given);
    expect([answer.status, answer.body.error.param]).toEqual([400, param]);
    expect(answer.text).not.toContain(SECRET);
  }
  expect((await asAdmin('POST', '/providers', { name: provider, kind: 'openai', api_key: SECRET })).body.error.code).toBe('conflict');

  // What others lead to cannot go, and cannot become what they do not fit.
  const model = await aModel(provider, { routes: [{ provider, model: 'up', when: { classes: ['test'] } }] });
  const narrowed = await asAdmin('PATCH', `/providers/${provider}`, { classes: ['production'] });
  expect([narrowed.status, narrowed.body.error.param]).toEqual([400, `model ${model}`]);
  const removed = await asAdmin('DELETE', `/providers/${provider}`);
  expect([removed.status, removed.body.error.code]).toEqual([409, 'conflict']);
  expect(removed.body.error.message).toContain(`model ${model}: routes[0].provider`);
});

test('what is removed is gone at once, with its secrets, and its name is free again', async () => {
  const provider = await aProvider();
  const model = await aModel(provider);
  expect((await asAdmin('DELETE', `/models/${model}`)).body).toEqual({ object: 'model', name: model, deleted: true });
  expect((await api.call('GET', `/v1/models/${model}`)).status).toBe(404);
  expect((await asAdmin('DELETE', `/providers/${provider}`)).status).toBe(200);
  expect((await asAdmin('GET', `/providers/${provider}`)).status).toBe(404);
  expect((await asAdmin('PATCH', `/providers/${provider}`, { max_concurrency: 2 })).status).toBe(404);
  const again = await asAdmin('POST', '/providers', { name: provider, kind: 'sandbox' });
  expect([again.status, again.body.kind, again.body.keys]).toEqual([201, 'sandbox', [expect.objectContaining({ hints: {} })]]);
});

test('applying a file leaves alone what it does not name, and takes over what it does', async () => {
  const provider = await aProvider();
  const [kept, taken] = [await aModel(provider), await aModel(provider)];
  const line = `  - { name: ${taken}, modality: text, price: free, routes: [{ provider: fake, model: up-text }] }\n`;
  const applied = await asAdmin('POST', '/config/apply', { yaml: CONFIG.replace('teams:\n', `${line}teams:\n`), env: VARIABLES });
  expect([applied.status, applied.body.updated]).toEqual([200, [`model ${taken}`]]);
  expect((await asAdmin('GET', `/models/${kept}`)).body.managed_by).toBe('api');
  expect((await asAdmin('GET', `/models/${taken}`)).body).toMatchObject({ managed_by: 'file', routes: [{ provider: 'fake' }] });

  // Once the file names it no more it is off, and whoever wants it makes it anew.
  await asAdmin('POST', '/config/apply', { yaml: CONFIG, env: VARIABLES });
  expect((await asAdmin('GET', `/models/${taken}`)).status).toBe(404);
  const routes = [{ provider, model: 'up' }];
  const anew = await asAdmin('POST', '/models', { name: taken, modality: 'text', price: 'free', routes });
  expect([anew.status, anew.body.managed_by]).toEqual([201, 'api']);
});

test('whoever may not manage providers may not, and the keys of teams never do', async () => {
  const refused = await api.call('POST', '/admin/v1/models', { body: { name: 'm', modality: 'text', routes: [] } });
  expect([refused.status, refused.body.error.code]).toEqual([403, 'admin_required']);
});

test('a simulation tells who would serve a request, by class or key, also of a draft that is not saved', async () => {
  const [first, second] = [await aProvider(), await aProvider({ classes: ['production'] })];
  const model = await aModel(first, {
    routes: [
      { provider: first, model: 'up', priority: 10 },
      { provider: second, model: 'up' },
    ],
  });
  const simulate = (more: object) =>
    asAdmin('POST', '/routing/simulate', { request: { type: 'text', model, input: { prompt: 'knead' } }, ...more });
  const candidatesOf = ({ body }: Answer) => body.routing.candidates.map(({ provider }: { readonly provider: string }) => provider);

  const plain = await simulate({});
  expect([plain.status, candidatesOf(plain), plain.body.class]).toEqual([200, [first, second], 'production']);
  const test = await simulate({ class: 'test' });
  expect([candidatesOf(test), test.body.routing.skipped]).toEqual([[first], [{ provider: second, reason: 'class' }]]);

  const draft = {
    routes: [
      { provider: second, model: 'up', priority: 20 },
      { provider: first, model: 'up' },
    ],
    price: { per_call_usd: '0.5' },
  };
  const drafted = await simulate({ draft });
  expect([candidatesOf(drafted), drafted.body.cost.estimated]).toEqual([[second, first], '0.5']);
  expect((await asAdmin('GET', `/models/${model}`)).body).toMatchObject({
    price: 'free',
    routes: [{ provider: first }, { provider: second }],
  });

  // Of a key: its class and models decide. What the file names may be drafted, too.
  const byKey = await simulate({ team: 'studio', key: 'poor' });
  expect([byKey.status, byKey.body.error.code]).toEqual([403, 'model_not_allowed']);
  const ofFile = await simulate({
    request: { type: 'text', model: 'gpt-test', input: { prompt: 'p' } },
    draft: { routes: [{ provider: first, model: 'up' }] },
  });
  expect(candidatesOf(ofFile)).toEqual([first]);
  const wrong = await simulate({ draft: { routes: [{ provider: 'nobody', model: 'up' }] } });
  expect([wrong.status, wrong.body.error.param]).toEqual([400, 'routes[0].provider']);
});

test('the health of a provider is told by intervals, with the codes of what failed', async () => {
  const made = await api.call('POST', '/v1/tasks', { body: { type: 'image', model: 'image-test', input: { prompt: 'a loaf' } } });
  const id = made.body.id as string;
  await api.database.query(
    `insert into attempts (task_id, n, provider, key, model, instance_id, outcome, error_code, started_at, ended_at)
     values ($1, 1, 'fake', 'default', 'up-image', 'i', 'failed', 'provider_timeout', now() - interval '9 seconds', now() - interval '8 seconds'),
            ($1, 2, 'fake', 'default', 'up-image', 'i', 'succeeded', null, now() - interval '4 seconds', now() - interval '2 seconds')`,
    [id],
  );
  const { status, body } = await asAdmin('GET', '/providers/fake/health?interval=day');
  expect(status).toBe(200);
  expect(body.data.at(-1)).toMatchObject({
    attempts: 2,
    succeeded: 1,
    failed: 1,
    success_rate: 0.5,
    latency_ms_p50: 2000,
    errors: { provider_timeout: 1 },
  });
  expect((await asAdmin('GET', '/providers/nobody/health')).status).toBe(404);
  const long = await asAdmin('GET', '/providers/fake/health?interval=minute&from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z');
  expect([long.status, long.body.error.param]).toEqual([400, 'to']);
});

test('a model that is switched off is kept, listed as unavailable, refused and no fallback, until it is switched on', async () => {
  const provider = await aProvider({ base_url: 'http://127.0.0.1:1/v1' });
  const spare = await aModel(provider);
  const main = await aModel(provider, { fallbacks: { content_policy: [spare] } });
  const off = await asAdmin('PATCH', `/models/${spare}`, { enabled: false });
  expect(off.body).toMatchObject({ name: spare, enabled: false, available: false });

  const body = { model: spare, messages: [{ role: 'user', content: 'knead' }] };
  const refused = await api.call('POST', '/v1/chat/completions', { body });
  expect([refused.status, refused.body.error.code]).toEqual([404, 'model_not_found']);
  expect(refused.body.error.message).toContain(`The model "${spare}" is switched off.`);
  expect((await api.call('GET', `/v1/models/${spare}`)).body).toMatchObject({ available: false });
  const yaml = await asAdmin('GET', '/config/export');
  expect(yaml.body.yaml).toMatch(new RegExp(`name: ${spare}\\s+enabled: false`));
  const planned = await asAdmin('POST', '/routing/simulate', { request: { type: 'text', model: main, input: { prompt: 'knead' } } });
  expect(JSON.stringify(planned.body)).not.toContain(`"${spare}"`);

  const on = await asAdmin('PATCH', `/models/${spare}`, { enabled: true });
  expect(on.body).toMatchObject({ available: true });
  expect(on.body).not.toHaveProperty('enabled');
  expect((await api.call('POST', '/v1/chat/completions', { body })).status).toBe(200);
});
