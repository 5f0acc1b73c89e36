import { createHash } from 'node:crypto';
import { useApi } from '../api/support/api';
import { eventually } from '../support/eventually';
import { aLink, aPerson, browserOf, cookieOf, login, PASSWORD, signIn } from './support';

const api = useApi({ trustedProxies: ['loopback'] });
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const codeOf = (answer: { readonly body: { readonly error?: { readonly code: string } } }): string | undefined => answer.body.error?.code;

describe('A sign-in', () => {
  it('says how it can be done before anybody is known', async () => {
    const options = await api.call('GET', '/auth/options', { key: null });
    expect(options.body).toEqual({ password: true, oidc: null, first_run: expect.any(Boolean), locales: ['en', 'zh'] });
  });

  it('answers who it is and sets a cookie that no script and no other site can use', async () => {
    const { email, id } = await aPerson(api, { teams: [{ name: 'studio', role: 'creator' }] });
    const answer = await login(api, `  ${email.toUpperCase()} `);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toMatchObject({
      user: { id, email, name: 'Ada Lovelace', locale: 'en' },
      organisation_role: null,
      teams: [{ name: 'studio', role: 'creator' }],
      csrf_token: expect.stringMatching(/^[\w-]{40,}$/),
    });
    expect(answer.body.permissions).toContain('generation.create');
    expect(answer.body.permissions).not.toContain('user.manage');
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^atelier_session=[\w-]{43}; Max-Age=86400; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const token = cookieOf(answer).split('=')[1]!;
    const kept = await api.database.query<{ text: string }>('select s::text as text from sessions s');
    expect(kept.some(({ text }) => text.includes(hashOf(token)))).toBe(true);
    expect(JSON.stringify(kept)).not.toContain(token);
    expect((await browserOf(api, answer).call('GET', '/auth/me')).body).toEqual(answer.body);
  });

  it('rotates the session: the cookie from before is worth nothing afterwards', async () => {
    const first = await signIn(api);
    const second = await login(api, first.email, PASSWORD, { cookie: first.cookie });
    expect(cookieOf(second)).not.toBe(first.cookie);
    await eventually(async () => (await first.call('GET', '/auth/me')).status === 401, { withinMs: 2_000 });
    expect((await browserOf(api, second).call('GET', '/auth/me')).status).toBe(200);
  });

  it.each([
    ['a wrong password', async () => ({ email: (await aPerson(api)).email, password: 'wrong password' })],
    ['an unknown e-mail', () => Promise.resolve({ email: 'nobody@studio.example', password: PASSWORD })],
    [
      'somebody who was disabled',
      async () => {
        const { id, email } = await aPerson(api);
        await api.database.people.update(id, { disabled: true });
        return { email, password: PASSWORD };
      },
    ],
    [
      'somebody who chose no password yet',
      async () => {
        const email = 'invited@studio.example';
        await api.database.people.create({ email, name: 'New', organisationRole: null, teams: [] });
        return { email, password: PASSWORD };
      },
    ],
  ])('answers %s like the others, without a cookie', async (_, prepare) => {
    const { email, password } = await prepare();
    const answer = await login(api, email, password);
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({
      code: 'invalid_credentials',
      message: expect.stringMatching(/^The e-mail or the password is wrong/),
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('takes as long for an unknown e-mail as for a wrong password', async () => {
    const { email } = await aPerson(api);
    const times: Record<string, number[]> = { known: [], unknown: [] };
    for (let round = 0; round < 5; round += 1) {
      for (const [kind, who] of [
        ['known', email],
        ['unknown', `nobody-${String(round)}@studio.example`],
      ] as const) {
        const begun = performance.now();
        await login(api, who, 'wrong password');
        times[kind]!.push(performance.now() - begun);
      }
    }
    // Hashing is by far the longest part: without it, the answer would come in a tenth of the time.
    const best = (kind: string): number => Math.min(...times[kind]!);
    expect(best('unknown')).toBeGreaterThan(best('known') / 2);
  });

  it.each([['nobody'], ['somebody']])('is locked after ten failures at once of %s, for the right password too', async (who) => {
    const email = who === 'nobody' ? 'nobody-at-all@studio.example' : (await aPerson(api)).email;
    const answers = await Promise.all(Array.from({ length: 16 }, (_, index) => login(api, email, `wrong password ${String(index)}`)));

    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(10);
    expect(codes.filter((code) => code === 'sign_in_locked')).toHaveLength(6);
    const locked = await login(api, email);
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
    expect(Date.parse(locked.body.error.details.locked_until)).toBeGreaterThan(Date.now());
  });

  it('with the right password works twelve times at once', async () => {
    const { email } = await aPerson(api);
    const answers = await Promise.all(Array.from({ length: 12 }, () => login(api, email)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it('is slow from an address with many failures, and as before from others', async () => {
    const { email } = await aPerson(api);
    for (let failure = 0; failure < 50; failure += 1) await api.database.passwordStore.failed('nobody', '198.51.100.7');
    const begun = performance.now();
    const slow = await Promise.all([1, 2].map(() => login(api, email, PASSWORD, { 'x-forwarded-for': '198.51.100.7' })));
    expect(slow.map(({ status }) => status)).toEqual([200, 200]);
    expect(performance.now() - begun).toBeGreaterThan(1_900);
  });

  it('behind a proxy that ended TLS gets a cookie for TLS alone', async () => {
    const { email } = await aPerson(api);
    const [cookie] = (await login(api, email, PASSWORD, { 'x-forwarded-proto': 'https' })).headers.getSetCookie();
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('is refused to pages of other sites, and to forms', async () => {
    const { email } = await aPerson(api);
    expect(codeOf(await login(api, email, PASSWORD, { 'sec-fetch-site': 'cross-site' }))).toBe('csrf_token_invalid');
    const form = await api.call('POST', '/auth/login', {
      key: null,
      body: `email=${email}&password=${PASSWORD}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.status).toBe(415);
  });

  it.each(['/auth/me', '/v1/models'])('lets no page of another origin read %s with the cookie', async (path) => {
    const browser = await signIn(api, { teams: [{ name: 'studio', role: 'viewer' }] });
    const answer = await browser.call('GET', path, { headers: { origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    if (path === '/auth/me') expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('A link', () => {
  it('chooses a password once, signs in, and refuses passwords that are guessed at once', async () => {
    const ada = await api.database.people.create({ email: 'links@studio.example', name: 'Ada', organisationRole: null, teams: [] });
    const token = await aLink(api, ada.id);
    for (const password of ['short', 'password', 'links@studio.example', 'aaaaaaaaaaaa']) {
      const refused = await api.call('POST', '/auth/accept', { key: null, body: { token, password } });
      expect(refused).toMatchObject({ status: 400, body: { error: { param: 'password' } } });
    }
    const body = { token, password: PASSWORD, name: 'Ada L.', locale: 'zh' };
    const accepted = await Promise.all(Array.from({ length: 5 }, () => api.call('POST', '/auth/accept', { key: null, body })));
    const [good] = accepted.filter(({ status }) => status === 200);
    expect(accepted.map(({ status }) => status).toSorted()).toEqual([200, 403, 403, 403, 403]);
    expect(good?.body.user).toMatchObject({ email: ada.email, name: 'Ada L.', locale: 'zh' });
    expect((await login(api, ada.email)).status).toBe(200);
  });

  it('of a reset ends all sessions and the lock', async () => {
    const browser = await signIn(api);
    await Promise.all(Array.from({ length: 11 }, () => login(api, browser.email, 'wrong password')));
    expect((await login(api, browser.email)).status).toBe(429);
    const user = await api.database.people.findByEmail(browser.email);
    const token = await aLink(api, user!.id, 'reset');
    expect((await api.call('POST', '/auth/accept', { key: null, body: { token, password: 'another harbour 43' } })).status).toBe(200);
    await eventually(async () => (await browser.call('GET', '/auth/me')).status === 401, { withinMs: 2_000 });
    expect((await login(api, browser.email)).status).toBe(401);
    expect((await login(api, browser.email, 'another harbour 43')).status).toBe(200);
  });
});

describe('A session', () => {
  it('changes something with its CSRF token only, and ends at once by signing out', async () => {
    const browser = await signIn(api);
    const other = await signIn(api);
    for (const token of ['', other.csrf, `${browser.csrf}x`]) {
      const refused = await browser.call('PATCH', '/auth/me', { body: { name: 'Eve' }, headers: { 'x-csrf-token': token } });
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 'csrf_token_invalid' } } });
    }
    expect((await browser.call('POST', '/auth/logout', { headers: { 'x-csrf-token': '' } })).status).toBe(403);
    const out = await browser.call('POST', '/auth/logout');
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^atelier_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect(await browser.call('GET', '/auth/me')).toMatchObject({ status: 401, body: { error: { code: 'session_expired' } } });
    expect((await browser.call('POST', '/auth/logout')).status).toBe(204);
  });

  it('is listed and revoked by its owner alone', async () => {
    const here = await signIn(api);
    const there = browserOf(api, await login(api, here.email, PASSWORD, { 'user-agent': 'Phone' }));
    const other = await signIn(api);
    const listed = (await here.call('GET', '/auth/sessions')).body.data;
    expect(listed).toHaveLength(3);
    expect(listed[0]).toMatchObject({ current: false, user_agent: 'Phone', method: 'password', ip: expect.stringMatching(/^10\./) });
    const path = `/auth/sessions/${String(listed[0].id)}`;
    expect((await other.call('DELETE', path)).status).toBe(404);
    expect((await here.call('DELETE', path)).body).toEqual({ object: 'session', id: listed[0].id, deleted: true });
    await eventually(async () => (await there.call('GET', '/auth/me')).status === 401, { withinMs: 2_000 });
    expect((await here.call('GET', '/auth/sessions')).body.data).toHaveLength(2);
  });

  it('changes name, language, time zone and password of its person; a new password ends the other sessions', async () => {
    const here = await signIn(api);
    const there = browserOf(api, await login(api, here.email));
    const changed = await here.call('PATCH', '/auth/me', { body: { name: 'Augusta', locale: 'zh', time_zone: 'Europe/London' } });
    expect(changed.body.user).toMatchObject({ name: 'Augusta', locale: 'zh', time_zone: 'Europe/London' });
    expect((await here.call('PATCH', '/auth/me', { body: { time_zone: 'Mars/Olympus' } })).body.error.param).toBe('time_zone');

    const password = 'second harbour 44';
    expect((await here.call('PATCH', '/auth/me', { body: { password } })).body.error.param).toBe('current_password');
    expect((await here.call('PATCH', '/auth/me', { body: { password, current_password: 'wrong one' } })).status).toBe(401);
    expect((await here.call('PATCH', '/auth/me', { body: { password, current_password: PASSWORD } })).status).toBe(200);
    await eventually(async () => (await there.call('GET', '/auth/me')).status === 401, { withinMs: 2_000 });
    expect((await here.call('GET', '/auth/me')).status).toBe(200);
    expect((await login(api, here.email, password)).status).toBe(200);
  });

  it.each([
    ['its absolute limit', `update sessions set expires_at = now() - interval '1 s'`],
    ['its idle limit', `update sessions set last_seen_at = now() - interval '61 min'`],
    ['another process revoking it', 'update sessions set revoked_at = now()'],
  ])('ends with %s', async (_, change) => {
    const browser = await signIn(api);
    expect((await browser.call('GET', '/auth/me')).status).toBe(200);
    await api.database.query(`${change} where token_hash = $1`, [hashOf(browser.cookie.split('=')[1]!)]);
    await eventually(async () => (await browser.call('GET', '/auth/me')).status === 401, { withinMs: 4_000 });
  });

  it('keeps what the console remembers for its person alone', async () => {
    const [browser, other] = [await signIn(api), await signIn(api)];
    expect((await browser.call('GET', '/v1/me/preferences')).body).toEqual({});
    const body = { views: [{ name: '<b>', columns: ['cost', null] }], tour: { done: false } };
    expect((await browser.call('PUT', '/v1/me/preferences', { body })).body).toEqual(body);
    expect((await browser.call('GET', '/v1/me/preferences')).body).toEqual(body);
    expect((await other.call('GET', '/v1/me/preferences')).body).toEqual({});
    const large = await browser.call('PUT', '/v1/me/preferences', { body: { note: 'x'.repeat(65_536) } });
    expect(large.status).toBe(413);
    const byKey = await api.call('GET', '/v1/me/preferences');
    expect(byKey).toMatchObject({ status: 401, body: { error: { code: 'session_expired' } } });
  });

  it('ends when its person is disabled', async () => {
    const browser = await signIn(api);
    await api.database.people.update(browser.id, { disabled: true });
    await eventually(async () => (await browser.call('GET', '/auth/me')).status === 401, { withinMs: 2_000 });
  });
});
