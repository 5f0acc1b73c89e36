import OpenAI from 'openai';
import type { OpenAPIV3_1 } from 'openapi-types';
import fc from 'fast-check';
import { API_ROOMS, canonicalUrl } from '../../api/http/paths';
import { KEYS, useApi } from './support/api';

const api = useApi();
const messages = [{ role: 'user' as const, content: 'Say hello.' }];

describe('one route, whatever address a client was given', () => {
  test.each([
    '/v1/models',
    '/models',
    '/v1/v1/models',
    '/v1/v1/v1/models',
    '//models',
    '/v1//models',
    '//v1//models//',
    '/v1/models/',
    '/models/',
    '/V1/models',
    '/v1/models?limit=1000&unknown=x',
    '/v1/chat/completions/models',
    '/v1/chat/completions/v1/models',
    '/v1/models/models',
  ])('GET %s lists the models and is no redirect', async (path) => {
    const response = await fetch(`${api.origin}${path}`, { headers: { authorization: `Bearer ${KEYS.site}` }, redirect: 'manual' });

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: 'list',
      data: expect.arrayContaining([expect.objectContaining({ id: 'gpt-test' })]),
    });
  });

  test.each([
    '/v1/chat/completions',
    '/chat/completions',
    '/v1/v1/chat/completions',
    '/v1/chat/completions/',
    '//chat//completions//',
    '/v1/chat/completions/chat/completions',
    '/v1/chat/completions/v1/chat/completions',
    '/v1/chat/completions/chat/completions/chat/completions',
    '/v1/embeddings/chat/completions?api-version=2026-01-01',
  ])('POST %s is a chat with its body', async (path) => {
    const answer = await api.call('POST', path, { body: { model: 'gpt-test', messages } });

    expect([answer.status, answer.body.choices?.[0].message.content]).toEqual([200, 'Hello.']);
  });

  test.each(['', '/', '/v1', '/v1/', '//v1//', '/v1/v1', '/v1/chat/completions'])(
    'the OpenAI SDK works with the base URL ending in "%s"',
    async (end) => {
      const client = new OpenAI({ baseURL: `${api.origin}${end}`, apiKey: KEYS.site, maxRetries: 0 });

      const [completion, models, model] = await Promise.all([
        client.chat.completions.create({ model: 'gpt-test', messages }),
        client.models.list(),
        client.models.retrieve('vendor/slashed'),
      ]);

      expect(completion.choices[0]?.message.content).toBe('Hello.');
      expect(models.data.length).toBeGreaterThan(3);
      expect(model.id).toBe('vendor/slashed');
    },
  );

  test('an id below an endpoint keeps its encoding, its query and names that look like an endpoint', () => {
    const kept = [
      '/v1/models/a%2Fb',
      '/v1/models/models/gemini',
      '/v1/models/v1/x',
      '/v1/tasks/task_1/events?a=//b/v1/v1',
      '/v1/tasks?limit=2',
    ];

    expect(kept.map(canonicalUrl)).toEqual(kept);
    expect(canonicalUrl('/models/%40cf%2Fmeta?x=%20/')).toBe('/v1/models/%40cf%2Fmeta?x=%20/');
  });

  test('paths of other rooms are left as they came', () => {
    const others = [
      '/',
      '//',
      '/healthz',
      '/readyz/',
      '/metrics',
      '/openapi.json',
      '/admin/v1/keys',
      '/admin//v1/keys/',
      '/console/v1/models',
    ];

    expect([...others, '/guides/v1', '/api/tags', '/status.json'].map(canonicalUrl)).toEqual([
      ...others,
      '/guides/v1',
      '/api/tags',
      '/status.json',
    ]);
  });

  test('a path that was put right stays right, and always begins with one /v1', () => {
    const segment = fc.constantFrom('v1', 'V1', '', 'chat', 'completions', 'models', 'images', 'generations', 'videos', 'x', 'a%2Fb');
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const once = canonicalUrl(`/${segments.join('/')}?q=/v1//`);
        expect(canonicalUrl(once)).toBe(once);
        expect(once.endsWith('?q=/v1//')).toBe(true);
        if (segments.find((part) => part !== '')?.toLowerCase() === 'v1') expect(once).toMatch(/^\/v1(?:\/(?!\/|v1)[^?]*)?\?/i);
      }),
    );
  });

  test('every endpoint of the API answers without the prefix', async () => {
    const { body } = await api.call('GET', '/openapi.json', { key: null });

    const rooms = Object.keys(body.paths).flatMap((path) => /^\/v1\/([^/]+)/.exec(path)?.[1] ?? []);
    expect(rooms.filter((room) => !API_ROOMS.has(room))).toEqual([]);
    expect(new Set(rooms).size).toBeGreaterThan(6);
  });

  test('metrics and logs know one path', async () => {
    await api.call('GET', '/v1/v1/assets/none');
    await api.call('POST', '/chat/completions', { body: {} });
    await api.call('POST', '/v1/cursor/chat/completions', { body: {} });

    const { text } = await api.call('GET', '/metrics', { key: null });
    for (const path of ['chat/completions', 'cursor/chat/completions']) expect(text).toContain(`route="/v1/${path}",status="400"`);
    expect(text).toMatch(/route="\/v1\/assets\/:id",status="404"/);
  });
});

describe('a path that does not exist', () => {
  test.each([
    ['POST', '/v1/chat/completion', 'POST /v1/chat/completions'],
    ['POST', '/v1/chat', '/openapi.json'],
    ['POST', '/api/v1/chat/completions', 'POST /v1/chat/completions'],
    ['POST', '/openai/v1/images/generations', 'POST /v1/images/generations'],
    ['GET', '/proxy/models', 'GET /v1/models'],
    ['POST', '/v1/image/generation', 'POST /v1/images/generations'],
    ['POST', '/v1/tasks/task_1/cancle', 'POST /v1/tasks/{id}/cancel'],
    ['POST', '/v1/completion', 'POST /v1/completions'],
    ['POST', '/openai/completions', 'POST /v1/completions'],
    ['POST', '/v1/fim/completions', 'not offered'],
    ['POST', '/v1/rerank', 'not offered'],
    ['POST', '/rerank', 'not offered'],
    ['GET', '/api/tags', 'OpenAI compatible'],
    ['GET', '/api/version', 'OpenAI compatible'],
    ['GET', '/api/pricing', '/v1/models'],
    ['GET', '/api/status', '/v1/models'],
    ['GET', '/nothing-like-it', '/openapi.json'],
    ['GET', `/v1/${'x/'.repeat(2_000)}`, '/openapi.json'],
  ])('%s %s is a JSON 404 that names what was meant', async (method, path, meant) => {
    const { status, headers, body } = await api.call(method, path, { key: null, ...(method === 'POST' ? { body: {} } : {}) });

    expect([status, body.error.code, headers.get('content-type')]).toEqual([404, 'not_found', 'application/json; charset=utf-8']);
    expect(body.error.message).toContain(meant);
    expect(body.error.message).toContain(`base URL of this server is ${api.origin}/v1`);
    expect(body.error.message.length).toBeLessThan(700);
  });

  test.each(['/', '/v1', '/v1/', '/api/hello'])('GET and HEAD %s say where the API is, without a key', async (path) => {
    const [get, head] = await Promise.all([api.call('GET', path, { key: null }), api.call('HEAD', path, { key: null })]);

    expect([get.status, get.body.base_url, head.status, head.text]).toEqual([200, `${api.origin}/v1`, 200, '']);
    expect(get.text.length).toBeLessThan(500);
  });
});

test('every documented path answers another method with 405, Allow and JSON, with and without a key', async () => {
  const { paths } = (await api.call('GET', '/openapi.json', { key: null })).body as OpenAPIV3_1.Document;
  for (const [path, item] of Object.entries(paths ?? {})) {
    const documented = Object.keys(item ?? {}).map((method) => method.toUpperCase());
    const url = path.replace(/\{\w+\}/g, 'x');
    const other = ['PUT', 'PATCH', 'DELETE'].find((method) => !documented.includes(method))!;

    const answer = await api.call(other, url, path.startsWith('/admin') ? { key: 'sk-admin-0123456789abcdef' } : { key: null });

    expect([path, answer.status, answer.body?.error.code]).toEqual([path, 405, 'method_not_allowed']);
    const allowed = (answer.headers.get('allow') ?? '').split(', ');
    expect([path, ...documented.filter((method) => !allowed.includes(method))]).toEqual([path]);
    expect(allowed.includes('HEAD')).toBe(documented.includes('GET'));
  }
});
