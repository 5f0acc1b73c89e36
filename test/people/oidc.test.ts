import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createSecrets } from '../../adapters/secrets';
import { callApi } from '../support/call';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';

const PEOPLE = {
  ada: { email: 'Ada@Studio.Example', email_verified: true, name: 'Ada', groups: ['designers', 'other'] },
  stranger: { email: 'stranger@elsewhere.example', email_verified: true, name: 'Stranger', groups: ['strangers'] },
  forger: { email: 'admin@studio.example', email_verified: false, name: 'Forger', groups: ['designers'] },
  invited: { email: 'admin@studio.example', email_verified: true, name: 'The Admin', groups: [] },
};
const ADMIN = { email: 'admin@studio.example', password: 'violet harbour 42' };

let atelier: TestAtelier;
let provider: ChildProcess;
let issuer: string;
let port: number;
beforeAll(async () => {
  port = await freePort();
  issuer = `http://127.0.0.1:${String(port)}`;
  atelier = await startAtelier({
    env: {
      ATELIER_OIDC_ISSUER: issuer,
      ATELIER_OIDC_CLIENT_ID: 'atelier',
      ATELIER_OIDC_CLIENT_SECRET: 'a-secret-of-the-client',
      ATELIER_OIDC_TEAMS: 'designers=sample:creator,leads=sample:manager',
      ATELIER_ADMIN_EMAIL: ADMIN.email,
      ATELIER_ADMIN_PASSWORD: ADMIN.password,
    },
  });
  provider = await startProvider(port, {});
}, 240_000);
afterAll(async () => {
  provider.kill();
  await atelier.stop();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startProvider(port: number, options: object): Promise<ChildProcess> {
  const facts = { port, redirectUri: `${atelier.origin}/auth/oidc/callback`, people: PEOPLE, ...options };
  const child = spawn(process.execPath, [join(__dirname, '../support/oidc-provider.mjs'), JSON.stringify(facts)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await eventually(() => said.includes('ready'), { withinMs: 20_000 });
  return child;
}

/** A browser: cookies by their paths are left out, as both hosts use names of their own. */
function aBrowser() {
  const jar = new Map<string, string>();
  return {
    jar,
    async go(url: string, form?: Record<string, string>): Promise<{ status: number; location: string; text: string }> {
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') jar.delete(name);
        else jar.set(name, value);
      }
      const location = answer.headers.get('location');
      return { status: answer.status, location: location === null ? '' : new URL(location, url).href, text: await answer.text() };
    },
  };
}
type Browser = ReturnType<typeof aBrowser>;

/** Goes through the provider's pages; answers the address that it sends the browser back to. */
async function toCallback(browser: Browser, login: string, path = '/auth/oidc/start?next=/console/studio'): Promise<string> {
  let { location } = await browser.go(`${atelier.origin}${path}`);
  expect(location).toMatch(/code_challenge=.*code_challenge_method=S256/);
  for (let step = 0; step < 12 && !location.startsWith(atelier.origin); step += 1) {
    const isForm = location.includes('/interaction/');
    const page = await browser.go(location);
    const prompt = page.text.includes('name="login"') ? { prompt: 'login', login, password: 'x' } : { prompt: 'consent' };
    location = isForm ? (await browser.go(location, prompt)).location : page.location;
  }
  return location;
}

const codeOf = (text: string): unknown => (JSON.parse(text) as { error?: { code?: unknown } }).error?.code;
async function expectRefused(browser: Browser, url: string): Promise<void> {
  const answer = await browser.go(url);
  expect([answer.status, codeOf(answer.text)]).toEqual([403, 'oidc_refused']);
  expect(browser.jar.has('atelier_session')).toBe(false);
}
const meOf = (browser: Browser) =>
  callApi(`${atelier.origin}/auth/me`, 'GET', { headers: { cookie: `atelier_session=${browser.jar.get('atelier_session') ?? ''}` } });

test('a person signs in by the provider, and their group gives them their team; coming back twice is refused', async () => {
  const options = await callApi(`${atelier.origin}/auth/options`, 'GET');
  expect(options.body.oidc).toEqual({ start_url: '/auth/oidc/start' });
  const browser = aBrowser();
  const callback = await toCallback(browser, 'ada');
  const cookie = browser.jar.get('atelier_oidc')!;
  const back = await browser.go(callback);
  expect([back.status, back.location]).toEqual([303, `${atelier.origin}/console/studio`]);
  const me = await meOf(browser);
  expect(me.body).toMatchObject({ user: { email: 'ada@studio.example', name: 'Ada' }, teams: [{ name: 'sample', role: 'creator' }] });

  const again = aBrowser();
  await expectRefused(again, callback);
  again.jar.set('atelier_oidc', cookie);
  await expectRefused(again, callback);
});

test('an unknown group and an e-mail that the provider does not vouch for are refused; an invited person is found by e-mail', async () => {
  for (const login of ['stranger', 'forger']) {
    const browser = aBrowser();
    await expectRefused(browser, await toCallback(browser, login));
  }
  const browser = aBrowser();
  expect((await browser.go(await toCallback(browser, 'invited', '/auth/oidc/start?next=//evil.example'))).location).toBe(
    `${atelier.origin}/console/`,
  );
  expect((await meOf(browser)).body).toMatchObject({
    user: { email: ADMIN.email },
    organisation_role: 'admin',
    teams: [{ role: 'manager' }],
  });
  const byPassword = await callApi(`${atelier.origin}/auth/login`, 'POST', { body: ADMIN });
  expect(byPassword.status).toBe(200);
});

test.each<[string, (begun: Record<string, unknown>) => Record<string, unknown>, (callback: URL) => void]>([
  ['another nonce', (begun) => ({ ...begun, nonce: 'of-another-sign-in' }), () => undefined],
  ['another code verifier', (begun) => ({ ...begun, codeVerifier: 'x'.repeat(43) }), () => undefined],
  ['a sign-in that is over', (begun) => ({ ...begun, untilMs: Date.now() - 1 }), () => undefined],
  ['another state', (begun) => begun, (callback) => callback.searchParams.set('state', 'forged')],
  ['the answer of another issuer', (begun) => begun, (callback) => callback.searchParams.set('iss', 'https://evil.example')],
  ['a code that was never given out', (begun) => begun, (callback) => callback.searchParams.set('code', 'forged')],
])('%s is refused', async (_, change, forge) => {
  const browser = aBrowser();
  const callback = new URL(await toCallback(browser, 'ada'));
  const box = createSecrets(atelier.env['ATELIER_MASTER_KEY']!, null);
  const begun = JSON.parse(box.open(decodeURIComponent(browser.jar.get('atelier_oidc')!))) as Record<string, unknown>;
  browser.jar.set('atelier_oidc', encodeURIComponent(box.seal(JSON.stringify(change(begun)))));
  forge(callback);
  await expectRefused(browser, callback.href);
});

test('a code that is used after its time is refused', async () => {
  provider.kill();
  await once(provider, 'exit');
  provider = await startProvider(port, { codeTtlS: 1 });
  try {
    const browser = aBrowser();
    const callback = await toCallback(browser, 'ada');
    const isOver = performance.now() + 2_000;
    await eventually(() => performance.now() > isOver, { withinMs: 10_000 });
    await expectRefused(browser, callback);
  } finally {
    provider.kill();
    await once(provider, 'exit');
    provider = await startProvider(port, {});
  }
  const browser = aBrowser();
  expect((await browser.go(await toCallback(browser, 'ada'))).status).toBe(303);
}, 60_000);

test('a cookie that was not sealed here is refused', async () => {
  const browser = aBrowser();
  const callback = await toCallback(browser, 'ada');
  browser.jar.set('atelier_oidc', encodeURIComponent(createSecrets('another master key of 32 letters', null).seal('{}')));
  await expectRefused(browser, callback);
});
