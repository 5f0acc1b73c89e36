import { ENDPOINT_NAMES, endpointOf } from '../../domain/access/endpoints';
import { ROUTES } from '../../domain/access/routes';
import { eventually } from '../support/eventually';
import { useApi } from './support/api';
import { keysOf } from './support/keys';

const api = useApi({ trustedProxies: ['loopback'] });

const { admin, aKey } = keysOf(api);

const SECOND = 1_000;
const chat = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hi' }] };
const image = { model: 'image-test', prompt: 'a square' };

describe('the door', () => {
  test('a key ends when it expires, also one that is known already', async () => {
    const { key, path } = await aKey({ expires_at: '2020-01-01T00:00:00Z' });
    const refused = await api.call('GET', '/v1/models', { key });
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 'credential_expired' } } });
    expect(refused.headers.get('x-should-retry')).toBe('false');

    const end = new Date(Date.now() + 5 * SECOND);
    await admin('PATCH', path, { expires_at: end.toISOString() });
    expect((await api.call('GET', '/v1/models', { key })).status).toBe(200);
    await eventually(async () => (await api.call('GET', '/v1/models', { key })).status === 401, { withinMs: 30 * SECOND, everyMs: 20 });
    expect(Date.now()).toBeGreaterThanOrEqual(end.getTime());
  });

  test.each([
    ['10.1.2.3', 200],
    ['10.1.2.3:4711', 200],
    ['::ffff:10.1.2.3', 200],
    ['2001:db8:1::9', 200],
    ['[2001:db8:1::9]:4711', 200],
    ['192.0.2.7', 200],
    ['198.51.100.9', 200],
    ['192.0.2.8', 403],
    ['11.0.0.1', 403],
    ['2001:db9::1', 403],
    ['unknown', 403],
    // The last address that no trusted proxy wrote: what stands before it, the client wrote itself.
    ['10.1.2.3, 11.0.0.1', 403],
    ['11.0.0.1, 10.1.2.3', 200],
  ])('from %s the answer is %p', async (address, status) => {
    const { key } = await aKey({ ip_allow: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7', '::ffff:198.51.100.0/120'] });
    const answer = await api.call('GET', '/v1/models', { key, headers: { 'x-forwarded-for': address } });

    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body.error.code).toBe('ip_not_allowed');
  });

  test('a key is used for its endpoints, for what every key may ask, and nothing else', async () => {
    const { key } = await aKey({ endpoints: ['chat'] });
    const statusOf = async (method: string, path: string, body?: unknown) => {
      const answer = await api.call(method, path, { key, ...(body === undefined ? {} : { body }) });
      return answer.status === 403 ? answer.body.error.code : answer.status;
    };

    expect(await statusOf('POST', '/v1/chat/completions', chat)).toBe(200);
    expect(await statusOf('POST', '//v1/v1/chat/completions/', chat)).toBe(200);
    expect(await statusOf('GET', '/v1/models')).toBe(200);
    expect(await statusOf('GET', '/v1/dashboard/billing/usage')).toBe(200);
    for (const [method, path, body] of [
      ['POST', '/v1/images/generations', image],
      ['POST', '/v1/Images/generations', image],
      ['POST', '/v1/completions', chat],
      ['POST', '/v1/embeddings', {}],
      ['POST', '/v1/tasks', {}],
      ['GET', '/v1/tasks', undefined],
      ['POST', '/v1/campaigns', {}],
      ['GET', '/v1/callbacks', undefined],
    ] as const) {
      expect([path, await statusOf(method, path, body)]).toEqual([path, 'endpoint_not_allowed']);
    }
  });

  test('each surface says it in its own shape', async () => {
    const { key } = await aKey({ endpoints: ['chat'] });
    const refused = await api.call('POST', '/v1/messages', { key, body: { ...chat, max_tokens: 5 } });

    expect(refused).toMatchObject({ status: 403, body: { type: 'error', error: { type: 'permission_error' } } });
  });

  test('every route that a key may call belongs to an endpoint', () => {
    const forKeys = Object.entries(ROUTES).filter(([, action]) => action !== 'open' && action !== 'signed_in');
    const paths = forKeys.map(([route]) => route.split(' ')[1] ?? '').filter((path) => path.startsWith('/v1/'));

    expect(paths.filter((path) => endpointOf(path) === null)).toEqual([]);
    expect(paths.length).toBeGreaterThan(20);
    expect(ENDPOINT_NAMES).toEqual(
      expect.arrayContaining(['chat', 'completions', 'messages', 'responses', 'embeddings', 'images', 'videos']),
    );
  });
});

describe('tiers and the ceiling of a request', () => {
  test('a key of certain tiers sees and uses their models alone', async () => {
    const { key } = await aKey({ model_tiers: ['economy'] });

    const { body } = await api.call('GET', '/v1/models', { key });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['vendor/slashed']);
    expect((await api.call('POST', '/v1/chat/completions', { key, body: { ...chat, model: 'vendor/slashed' } })).status).toBe(200);
    const refused = await api.call('POST', '/v1/chat/completions', { key, body: chat });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'model_not_allowed', param: 'model' } } });
    expect(refused.body.error.message).toContain('tiers economy');
  });

  test("a class is bound to the tiers of its team; a key's own narrow them", async () => {
    await api.database.query(`update teams set model_tiers = '{"script": ["economy", "standard"]}' where name = 'studio'`);
    const wide = await aKey({ class: 'script' });
    const narrow = await aKey({ class: 'script', model_tiers: ['standard'] });
    const models = async (key: string) => (await api.call('GET', '/v1/models', { key })).body.data.map(({ id }: { id: string }) => id);

    expect([await models(wide.key), await models(narrow.key)]).toEqual([['vendor/slashed'], []]);
    await api.database.query(`update teams set model_tiers = '{}' where name = 'studio'`);
  });

  test.each([
    ['POST', '/v1/images/generations', { ...image, n: 2 }],
    ['POST', '/v1/tasks', { type: 'image', model: 'image-test', input: { prompt: 'a square' }, output: { n: 2 } }],
    ['POST', '/v1/videos', { model: 'video-test', prompt: 'a wave', seconds: '4' }],
    ['POST', '/v1/chat/completions', { ...chat, max_tokens: 7000, n: 4 }],
  ])('%s %s above the ceiling is refused before anything is stored', async (method, path, body) => {
    const { key, name } = await aKey({ max_cost_per_request_usd: '0.02' });
    const refused = await api.call(method, path, { key, body });
    const kept = await api.database.query('select id from tasks where credential_name = $1', [name]);

    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'cost_ceiling_exceeded', details: { max_cost_per_request_usd: '0.02', estimated_usd: expect.any(String) } } },
    });
    expect(refused.body.error.message).toContain('0.02 USD');
    expect(refused.body.error.message).toContain(`${refused.body.error.details.estimated_usd} USD`);
    expect(kept).toEqual([]);
  });

  test.each([
    [{ max_cost_per_request_usd: '0.000001' }, 400, 'cost_ceiling_exceeded'],
    [{ model_tiers: ['economy'] }, 403, 'model_not_allowed'],
  ])('a replay is held to what binds the key now: %p', async (bound, status, code) => {
    const { key, path } = await aKey();
    const made = await api.call('POST', '/v1/chat/completions', { key, body: chat });
    const replay = () => api.call('POST', `/v1/tasks/${made.headers.get('x-atelier-run-id') ?? ''}/replay`, { key });
    expect((await replay()).status).toBe(202);

    await admin('PATCH', path, bound);
    const refused = await eventually(
      async () => {
        const answer = await replay();
        return answer.status !== 202 && answer;
      },
      { withinMs: 4_000 },
    );
    expect(refused).toMatchObject({ status, body: { error: { code } } });
  });

  test('what fits the ceiling exactly is admitted, and each item of a campaign is held to it', async () => {
    const { key } = await aKey({ max_cost_per_request_usd: '0.02' });
    const fits = await api.call('POST', '/v1/tasks', { key, body: { type: 'image', model: 'image-test', input: { prompt: 'a square' } } });
    const campaign = await api.call('POST', '/v1/campaigns', {
      key,
      body: {
        defaults: { type: 'image', model: 'image-test' },
        items: [{ input: { prompt: 'a' } }, { input: { prompt: 'b' }, output: { n: 2 } }],
      },
    });

    expect(fits.status).toBe(202);
    expect(campaign).toMatchObject({ status: 400, body: { error: { code: 'invalid_campaign_items', details: [{ index: 2 }] } } });
    expect(campaign.body.error.details[0].message).toContain('at most 0.02 USD');
  });
});
