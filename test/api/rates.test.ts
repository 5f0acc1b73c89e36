import Anthropic from '@anthropic-ai/sdk';
import { useApi } from './support/api';
import { keysOf } from './support/keys';

const api = useApi();
const { admin, aKey } = keysOf(api);

const SECOND = 1_000;
const chat = (more: object = {}) => ({ model: 'gpt-test', messages: [{ role: 'user', content: 'Hi.' }], max_tokens: 10, ...more });
const ask = (key: string, path = '/v1/chat/completions', body: object = chat()) => api.call('POST', path, { key, body });
const limited = (rate: object) => aKey({ class: 'production', rate });

/** What a client reads of a limit. */
function levelOf(headers: Headers, what: 'requests' | 'tokens') {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}-${what}`));
  return { limit, remaining, reset };
}

describe('a key with a rate', () => {
  test('tells what is left with every answer, and is refused beyond it with when to come back', async () => {
    const { key } = await limited({ requests_per_minute: 2, tokens_per_minute: 100_000 });

    const first = await ask(key);
    expect([first.status, levelOf(first.headers, 'requests')]).toEqual([200, { limit: '2', remaining: '1', reset: expect.any(String) }]);
    expect(levelOf(first.headers, 'tokens')).toMatchObject({ limit: '100000' });
    expect(first.headers.get('x-ratelimit-reset-requests')).toMatch(/^(30|2\d(\.\d+)?)s$/);
    await ask(key);

    const refused = await ask(key);
    expect(refused).toMatchObject({
      status: 429,
      body: {
        error: {
          code: 'rate_limit_exceeded',
          type: 'rate_limit_error',
          message: expect.stringMatching(/^This key may make 2 requests per minute\. Nothing was started .* in \d+ seconds/),
          details: { limit: 'requests_per_minute', value: 2 },
        },
      },
    });
    const retryAfterS = Number(refused.headers.get('retry-after'));
    expect(retryAfterS).toBeGreaterThan(10);
    expect(retryAfterS).toBeLessThanOrEqual(30);
    expect(Number(refused.headers.get('retry-after-ms'))).toBeLessThanOrEqual(retryAfterS * SECOND);
    expect(refused.headers.get('x-should-retry')).toBe('true');
    expect(refused.headers.get('x-atelier-run-id')).toBeNull();
    expect(levelOf(refused.headers, 'requests')).toMatchObject({ limit: '2', remaining: '0' });
  });

  test('is refused in the shape of the surface it asks', async () => {
    const { key } = await limited({ requests_per_minute: 1 });
    await ask(key, '/v1/messages', chat());

    const client = new Anthropic({ baseURL: api.origin, apiKey: key, maxRetries: 0 });
    const refused = client.messages.create({ model: 'gpt-test', max_tokens: 10, messages: [{ role: 'user', content: 'Hi.' }] });
    await expect(refused).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    await expect(refused).rejects.toMatchObject({ status: 429, error: { type: 'error', error: { type: 'rate_limit_error' } } });
  });

  test.each([
    ['chats', '/v1/chat/completions', chat()],
    ['older chats', '/v1/completions', { model: 'gpt-test', prompt: 'Hi.' }],
    ['responses', '/v1/responses', { model: 'gpt-test', input: 'Hi.' }],
    ['embeddings', '/v1/embeddings', { model: 'embed-test', input: 'Hi.' }],
    ['images', '/v1/images/generations', { model: 'image-test', prompt: 'A fox.' }],
  ])('is refused beyond it for %s, whose clients wait for the answer', async (_what, path, body) => {
    const { key } = await limited({ requests_per_minute: 1 });
    await ask(key);
    expect(await ask(key, path, body)).toMatchObject({ status: 429, body: { error: { code: 'rate_limit_exceeded' } } });
  });

  test.each([
    ['a text', { type: 'text', model: 'gpt-test', input: { prompt: 'Hi.' } }],
    ['an image', { type: 'image', model: 'image-test', input: { prompt: 'A fox.' } }],
  ])('has its tasks wait: %s is admitted and says so', async (_what, body) => {
    const { key } = await limited({ requests_per_minute: 1 });
    await ask(key);
    const made = await ask(key, '/v1/tasks', body);
    expect(made).toMatchObject({ status: 202, body: { status: 'queued', phase: 'waiting_rate', routing: { attempts: [] } } });
    expect(levelOf(made.headers, 'requests')).toMatchObject({ remaining: '0' });
  });

  test('has videos and responses in the background wait, too', async () => {
    const { key } = await limited({ requests_per_minute: 1 });
    await ask(key);
    const video = await ask(key, '/v1/videos', { model: 'video-test', prompt: 'A fox runs.', seconds: '4' });
    expect(video).toMatchObject({ status: 200, body: { status: 'queued' } });
    const response = await ask(key, '/v1/responses', { model: 'gpt-test', input: 'Hi.', background: true });
    expect(response).toMatchObject({ status: 200, body: { status: 'queued' } });
    expect(api.lane.inBackground.at(-1)).toMatchObject({ firstAttempt: null });
  });

  test('looks things up as often as it likes', async () => {
    const { key } = await limited({ requests_per_minute: 1 });
    const { headers } = await ask(key);
    const path = `/v1/tasks/${headers.get('x-atelier-run-id') ?? ''}`;
    const looks = await Promise.all([path, path, '/v1/models', '/v1/models', '/v1/tasks'].map((one) => api.call('GET', one, { key })));
    expect(looks.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    for (const look of looks) expect(look.headers.get('x-ratelimit-limit-requests')).toBeNull();
    const counted = await ask(key, '/v1/messages/count_tokens', chat({ max_tokens: undefined }));
    expect(counted.status).toBe(200);
  });

  test('may have so many at once, and the next as soon as one has ended', async () => {
    const { key } = await limited({ concurrent: 1 });
    let open: () => void = () => undefined;
    api.lane.script.gate = new Promise((resolve) => (open = resolve));
    const runs = api.lane.runs.length;
    const first = ask(key);
    while (api.lane.runs.length === runs) await new Promise((resolve) => setImmediate(resolve));
    const refused = await ask(key);
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual([429, '1', 'true']);
    expect(refused.body.error.message).toContain('may make 1 generations at once');
    open();
    expect((await first).status).toBe(200);
    expect((await ask(key)).status).toBe(200);
  });

  test('asks as it likes once its rate is taken away', async () => {
    const { key, path } = await limited({ requests_per_minute: 1 });
    await ask(key);
    expect((await ask(key)).status).toBe(429);
    expect((await admin('PATCH', path, { rate: null })).body.rate).toEqual({
      requests_per_minute: null,
      tokens_per_minute: null,
      concurrent: null,
    });
    const free = await ask(key);
    expect([free.status, free.headers.get('x-ratelimit-limit-requests')]).toEqual([200, null]);
  });
});

test('a key without a rate is told of none', async () => {
  const { key } = await aKey({ class: 'production' });
  const { status, headers } = await ask(key);
  expect([status, levelOf(headers, 'requests').limit, levelOf(headers, 'tokens').limit]).toEqual([200, null, null]);
});
