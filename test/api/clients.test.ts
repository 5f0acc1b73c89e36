import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { cors } from '../../api/middleware/cors';
import { callApi } from '../support/call';
import { KEYS, useApi } from './support/api';

const api = useApi();
const messages = [{ role: 'user' as const, content: 'Say hello.' }];

test.each([
  ['an unknown path', 'GET', '/nothing', {}],
  ['another method', 'DELETE', '/v1/chat/completions', {}],
  ['no key', 'GET', '/v1/models', { key: null }],
  ['a body that is no JSON', 'POST', '/v1/chat/completions', { body: '{' }],
  ['a body that is too long', 'POST', '/v1/images/generations', { body: `{"prompt":"${'x'.repeat(3_000_000)}"}` }],
  ['an unknown model', 'POST', '/v1/chat/completions', { body: { model: 'none', messages } }],
  ['a path that cannot be decoded', 'GET', '/v1/tasks/%E0%A4%A', {}],
  ['a NUL in the path', 'GET', '/v1/tasks/%00', {}],
  ['a task that is not there', 'GET', '/v1/tasks/task_1', {}],
  ['an admin path with a key of a team', 'GET', '/admin/v1/keys', {}],
])('the text of the error for %s ends with the request id', async (_what, method, path, options) => {
  const { status, headers, body } = await api.call(method, path, options);

  expect(status).toBeGreaterThanOrEqual(400);
  expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  expect(body.error.message.endsWith(` (request id: ${headers.get('x-request-id')})`)).toBe(true);
});

test('an error inside a stream carries the request id, and the stored error of the task does not', async () => {
  api.lane.script = {
    ...api.lane.script,
    chunks: [{ id: 'u', model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' }, finish_reason: null }] }],
    error: {
      code: 'stream_interrupted',
      message: 'The stream broke.',
      retryable: true,
      param: null,
      providerCode: null,
      providerMessage: null,
    },
  };

  const answer = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages, stream: true } });
  api.lane.script = { ...api.lane.script, chunks: [], error: null };

  expect(answer.text).toContain(`The stream broke. (request id: ${answer.headers.get('x-request-id')})`);
  const task = await api.call('GET', `/v1/tasks/${answer.headers.get('x-atelier-run-id')}`);
  expect(task.body.error.message).toBe('The stream broke.');
});

describe('a key', () => {
  const site = KEYS.site;
  test.each<[string, Record<string, string>]>([
    ['Bearer in lower case', { authorization: `bearer ${site}` }],
    ['BEARER in upper case', { authorization: `BEARER ${site}` }],
    ['Bearer with spaces', { authorization: `Bearer   ${site}  ` }],
    ['x-api-key', { 'x-api-key': site }],
    ['x-api-key with spaces', { 'x-api-key': `  ${site} ` }],
    ['x-goog-api-key', { 'x-goog-api-key': site }],
    ['api-key', { 'api-key': site }],
    ['all at once', { authorization: `Bearer ${site}`, 'x-api-key': site, 'x-goog-api-key': site, 'api-key': site }],
    ['an empty Authorization beside x-api-key', { authorization: 'Bearer ', 'x-api-key': site }],
    ['a proxy password beside x-api-key', { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': site }],
    ['Bearer beside another key', { authorization: `Bearer ${site}`, 'x-api-key': 'sk-nobody' }],
    ['an unknown Bearer beside a known key', { authorization: 'Bearer sk-nobody', 'api-key': site }],
  ])('may come as %s', async (_what, headers) => {
    const answer = await api.call('GET', '/v1/models', { key: null, headers });

    expect(answer.status).toBe(200);
  });

  test('of Authorization is tried first when several differ', async () => {
    const answer = await api.call('GET', '/v1/models', { key: KEYS.poor, headers: { 'x-api-key': site } });

    expect(answer.body.data.map(({ id }: { id: string }) => id).sort()).toEqual(['gpt-test', 'image-test']);
  });

  test('that differs from others and is unknown is told in which order they were tried', async () => {
    const answer = await api.call('GET', '/v1/models', { key: 'sk-a', headers: { 'x-api-key': 'sk-b', 'api-key': 'sk-b' } });

    expect([answer.status, answer.body.error.code]).toEqual([401, 'invalid_api_key']);
    expect(answer.body.error.message).toContain('2 different API keys');
    expect(answer.body.error.message).toContain('the one in Authorization, then the one in x-api-key and api-key');
    expect(answer.body.error.message).not.toContain('sk-a');
  });
});

describe('a page of another origin', () => {
  const origin = 'https://app.example';
  test.each([
    '/v1/chat/completions',
    '/chat/completions',
    '/v1/v1/models',
    '//models',
    '/v1/images/generations',
    '/v1/tasks/x',
    '/nothing',
    '/dashboard/billing/usage',
  ])('gets the preflight of %s answered without a key, its headers reflected', async (path) => {
    const wanted = 'authorization,content-type,x-api-key,anthropic-version,x-stainless-os,http-referer,x-title,x-atelier-team';

    const answer = await api.call('OPTIONS', path, {
      key: null,
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': wanted },
    });

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-headers')).toBe(wanted);
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
    expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThan(600);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each([
    ['a success', 'GET', '/v1/models', {}],
    ['a missing key', 'GET', '/v1/models', { key: null }],
    ['an unknown path', 'GET', '/nothing', {}],
    ['a NUL in the path', 'GET', '/v1/%00', {}],
    ['a wrong body', 'POST', '/v1/chat/completions', { body: '{' }],
    ['another method', 'DELETE', '/v1/chat/completions', {}],
    ['a stream', 'POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages, stream: true } }],
    ['the description', 'GET', '/openapi.json', { key: null }],
  ])('may read the answer of %s and its headers', async (_what, method, path, options) => {
    const answer = await api.call(method, path, { ...options, headers: { origin } });

    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const exposed = (answer.headers.get('access-control-expose-headers') ?? '').split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['x-request-id', 'retry-after', 'x-ratelimit-remaining-tokens', 'x-atelier-run-id', 'x-atelier-dropped']),
    );
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each(['/admin/v1/keys', '/metrics', '/healthz', '/readyz'])('may not read %s', async (path) => {
    const answer = await api.call('GET', path, { key: 'sk-admin-0123456789abcdef', headers: { origin } });

    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test.each([
  ['https://app.example', 'https://app.example'],
  ['HTTPS://APP.EXAMPLE', 'HTTPS://APP.EXAMPLE'],
  ['https://evil.example', null],
  ['https://app.example.evil', null],
  ['null', null],
])('when origins are listed, a page of %s is told %s', async (origin, allowed) => {
  const app = express()
    .use(cors(['https://app.example', 'http://localhost:3000']))
    .use((_request, response) => response.end('ok'));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/models`;

  const answers = [
    await callApi(url, 'GET', { headers: { origin } }),
    await callApi(url, 'OPTIONS', { headers: { origin, 'access-control-request-method': 'POST' } }),
  ];
  server.close();

  expect(answers.map(({ status }) => status)).toEqual([200, 204]);
  expect(answers.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([allowed, allowed]);
  for (const { headers } of answers) expect(headers.get('vary')).toContain('Origin');
});

describe('the billing pages that chat clients look for', () => {
  const bill = async (path: string, key: string): Promise<any> =>
    (await api.call('GET', `${path}?start_date=2026-01-01&end_date=2026-12-31`, { key })).body;

  test('tell the limit and the spending of the key, at the root and under /v1', async () => {
    const made = await api.call('POST', '/v1/tasks', {
      key: KEYS.poor,
      body: { type: 'text', model: 'gpt-test', input: { prompt: 'Hi' } },
    });
    await api.database.tasks.settle([
      {
        taskId: made.body.id,
        status: 'succeeded',
        actualMicroUsd: 4_321n,
        costLines: [],
        usage: null,
        textResult: { body: {} },
        error: null,
        attempt: null,
      },
    ]);

    for (const base of ['/dashboard/billing', '/v1/dashboard/billing', '/v1/v1/dashboard/billing/']) {
      expect(await bill(`${base}/subscription`, KEYS.poor)).toMatchObject({
        object: 'billing_subscription',
        has_payment_method: true,
        hard_limit_usd: 0.01,
        soft_limit_usd: 0.01,
        access_until: 0,
      });
      expect(await bill(`${base}/usage`, KEYS.poor)).toEqual({ object: 'list', total_usage: 0.4321 });
    }
  });

  test.each([
    ['nothing', {}, null],
    ['its team', { total: 5_000_000n }, 5],
    ['its class, as the least of several', { total: 5_000_000n, monthly: 4_000_000n, production: 3_000_000n }, 3],
    ['the month, whose account is made by its first task', { monthly: 2_500_000n }, 2.5],
    ['a budget of nothing', { total: 0n }, 0],
  ])(
    'tell what bounds a key without a limit of its own: %s',
    async (_what, { total, monthly, production }: Record<string, bigint>, expected) => {
      const key = `sk-billed-${randomUUID()}`;
      const team = `billed-${randomUUID()}`;
      await api.apply(
        `  - name: ${team}\n    budget_usd: { ${budget('total', total)} ${budget('monthly', monthly)} }\n    class_budgets_usd: { ${budget('production', production)} }\n` +
          `    credentials: [{ name: billed, class: production, key: "\${KEY_BILLED}" }]\n`,
        { KEY_BILLED: key },
      );

      expect((await bill('/dashboard/billing/subscription', key)).hard_limit_usd).toBe(expected ?? 100_000_000);
      expect((await bill('/dashboard/billing/usage', key)).total_usage).toBe(0);
    },
  );

  test('need a key', async () => {
    const answers = await Promise.all(
      ['subscription', 'usage'].map((page) => api.call('GET', `/dashboard/billing/${page}`, { key: null })),
    );

    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });
});

function budget(name: string, amount: bigint | undefined): string {
  return amount === undefined ? '' : `${name}: "${Number(amount) / 1e6}",`;
}
