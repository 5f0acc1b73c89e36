import { ADMIN_KEY, KEYS, useApi } from '../api/support/api';

const api = useApi();

function admin(method: string, path: string, body?: unknown): ReturnType<typeof api.call> {
  return api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });
}

test('a key is shown once, works, is listed without itself, and stops working when it is revoked', async () => {
  const made = await admin('POST', '/keys', { team: 'studio', name: 'shop', class: 'script', limit_usd: '1.5', models: ['gpt-test'] });
  const { key } = made.body;
  const used = await api.call('GET', '/v1/models', { key });
  const listed = await admin('GET', '/keys?team=studio');
  const revoked = await admin('DELETE', '/keys/studio/shop');
  const again = await admin('DELETE', '/keys/studio/nobody');

  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  expect(made.body).toMatchObject({ team: 'studio', name: 'shop', class: 'script', limit_usd: '1.5', spent_usd: '0', revoked_at: null });
  expect(key).toMatch(/^sk-/);
  expect(key.startsWith(made.body.hint)).toBe(true);
  expect(used.body.data.map(({ id }: { id: string }) => id)).toEqual(['gpt-test']);
  expect(listed.body.data.map(({ name }: { name: string }) => name)).toContain('shop');
  expect(listed.text).not.toContain(key);
  expect(revoked.body.revoked_at).toEqual(expect.any(String));
  expect(again.status).toBe(404);
});

test('a revoked key is refused within seconds', async () => {
  const { key } = (await admin('POST', '/keys', { team: 'studio', name: 'short', class: 'test' })).body;
  await admin('DELETE', '/keys/studio/short');

  expect((await api.call('GET', '/v1/models', { key })).status).toBe(401);
});

test('a name in use, an unknown team and a bad class are refused', async () => {
  const taken = await admin('POST', '/keys', { team: 'studio', name: 'site', class: 'test' });
  const unknown = await admin('POST', '/keys', { team: 'nobody', name: 'x', class: 'test' });
  const wrong = await admin('POST', '/keys', { team: 'studio', name: 'x', class: 'boss' });

  expect(taken.status).toBe(409);
  expect(unknown.status).toBe(404);
  expect(wrong).toMatchObject({ status: 400, body: { error: { param: 'class' } } });
});

test('the books are proved and the callback secret is shown', async () => {
  const ledger = await admin('GET', '/ledger/verify');
  const secret = await admin('GET', '/teams/studio/callback_secret');

  expect(ledger.body).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
  expect(secret.body).toEqual({ team: 'studio', callback_secret: expect.stringMatching(/^whsec_/) });
});

test('a configuration is checked', async () => {
  expect((await admin('POST', '/config/check', { yaml: 'models: []' })).body).toEqual({ ok: true, faults: [] });
});

test.each(['/keys', '/ledger/verify', '/teams/studio/callback_secret'])('%s is for the admin key alone', async (path) => {
  const byTeam = await api.call('GET', `/admin/v1${path}`, { key: KEYS.site });
  const byNobody = await api.call('GET', `/admin/v1${path}`, { key: null });

  expect(byTeam).toMatchObject({ status: 403, body: { error: { code: 'admin_required' } } });
  expect(byNobody.status).toBe(401);
});
