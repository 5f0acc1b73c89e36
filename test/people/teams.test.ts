import { ADMIN_KEY, useApi } from '../api/support/api';
import { eventually } from '../support/eventually';
import { signIn } from './support';

const api = useApi({ trustedProxies: ['loopback'] });
const codeOf = (answer: { readonly body: { readonly error?: { readonly code: string } } }): string | undefined => answer.body.error?.code;

describe('A person in a team', () => {
  const chat = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hello' }] };

  it('generates under their own personal credential, made once', async () => {
    const browser = await signIn(api, { teams: [{ name: 'studio', role: 'creator' }] });
    const answers = await Promise.all(Array.from({ length: 4 }, () => browser.call('POST', '/v1/chat/completions', { body: chat })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const made = await api.database.query<{ name: string; class: string; key_hash: string | null; email: string }>(
      'select c.name, c.class, c.key_hash, u.email from credentials c join users u on u.id = c.owner_id where u.email = $1',
      [browser.email],
    );
    expect(made).toEqual([{ name: browser.email, class: 'personal', key_hash: null, email: browser.email }]);
    const listed = await browser.call('GET', '/v1/tasks');
    expect(listed.body.data.length).toBeGreaterThanOrEqual(4);

    const unsafe = await browser.call('POST', '/v1/chat/completions', { body: chat, headers: { 'x-csrf-token': 'none' } });
    expect(codeOf(unsafe)).toBe('csrf_token_invalid');
    await api.catalogueStore.credentials.revoke({ team: 'studio', name: browser.email });
    await eventually(async () => (await browser.call('POST', '/v1/chat/completions', { body: chat })).status === 403, { withinMs: 4_000 });
  });

  it('is bound by what binds their personal credential, as by a key', async () => {
    const browser = await signIn(api, { teams: [{ name: 'studio', role: 'creator' }] });
    const ask = (body: object = chat) => browser.call('POST', '/v1/chat/completions', { body });
    expect((await ask()).status).toBe(200);
    const bind = async (fields: object): Promise<void> => {
      const path = `/admin/v1/keys/studio/${encodeURIComponent(browser.email)}`;
      const free = { models: ['*'], endpoints: null, ip_allow: null, expires_at: null, rate: null };
      const changed = await api.call('PATCH', path, { key: ADMIN_KEY, body: { ...free, ...fields } });
      expect(changed.status).toBe(200);
    };
    for (const [fields, code] of [
      [{ endpoints: ['images'] }, 'endpoint_not_allowed'],
      [{ ip_allow: ['192.0.2.0/24'] }, 'ip_not_allowed'],
      [{ models: ['image-test'] }, 'model_not_allowed'],
      [{ expires_at: '2020-01-01T00:00:00Z' }, 'credential_expired'],
    ] as const) {
      await bind(fields);
      await eventually(async () => codeOf(await ask()) === code, { withinMs: 4_000 });
    }
    await bind({ rate: { requests_per_minute: 1 } });
    await eventually(async () => (await ask()).headers.get('x-ratelimit-limit-requests') === '1', { withinMs: 4_000 });
    expect(codeOf(await ask())).toBe('rate_limit_exceeded');
  });

  it('chooses the team by x-atelier-team or ?team=, sees no foreign one, and generates nothing as a viewer', async () => {
    const browser = await signIn(api, {
      teams: [
        { name: 'studio', role: 'viewer' },
        { name: 'rival', role: 'creator' },
      ],
    });
    const tasks = (options?: object) => browser.call('GET', '/v1/tasks', options);
    expect(codeOf(await tasks())).toBe('missing_required_parameter');
    expect((await tasks({ headers: { 'x-atelier-team': 'rival' } })).body.data).toEqual([]);
    expect((await browser.call('GET', '/v1/tasks?team=rival&limit=5')).body.data).toEqual([]);
    expect((await tasks({ headers: { 'x-atelier-team': 'nowhere' } })).status).toBe(404);
    const viewed = await browser.call('POST', '/v1/chat/completions', { body: chat, headers: { 'x-atelier-team': 'studio' } });
    expect(viewed).toMatchObject({ status: 403, body: { error: { code: 'permission_denied' } } });

    const lone = await signIn(api, { teams: [{ name: 'rival', role: 'creator' }] });
    expect((await lone.call('GET', '/v1/tasks', { headers: { 'x-atelier-team': 'studio' } })).status).toBe(404);
    const admin = await signIn(api, { organisationRole: 'admin' });
    expect((await admin.call('GET', '/v1/tasks', { headers: { 'x-atelier-team': 'studio' } })).status).toBe(200);
    expect((await admin.call('POST', '/v1/chat/completions', { body: chat, headers: { 'x-atelier-team': 'studio' } })).status).toBe(403);
  });

  it('loses a team at once, and a key wins over the cookie', async () => {
    const browser = await signIn(api, { teams: [{ name: 'studio', role: 'creator' }] });
    expect((await browser.call('GET', '/v1/tasks')).status).toBe(200);
    const [studio] = await api.database.query<{ id: number }>(`select id from teams where name = 'studio'`);
    await api.database.people.removeMember(studio!.id, browser.id);
    await eventually(async () => (await browser.call('GET', '/v1/tasks')).status === 403, { withinMs: 2_000 });
    expect((await browser.call('GET', '/v1/tasks', { key: api.siteKey, headers: { 'x-csrf-token': '' } })).status).toBe(200);
    expect((await browser.call('GET', '/v1/tasks', { key: 'sk-wrong' })).status).toBe(401);
  });
});
