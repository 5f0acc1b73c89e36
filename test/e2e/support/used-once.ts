import type { TestInstallation } from '../../support/installation';
import { callApi, type Answer } from '../../support/call';
import type { Calls } from './calls';

const PASSWORD = 'violet harbour 42';
const PEOPLE = 6;
const AT_ONCE = 4;

/** What can be used once, used many times at once while the api is killed; and places of a key's rate, which a crash must not keep. */
export function describeUsedOnce(at: () => { readonly calls: Calls; readonly installation: TestInstallation }): void {
  const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
    at().calls.call(method, `/admin/v1${path}`, { key: at().installation.adminKey, body });

  /** Null: the connection broke. */
  const ask = (path: string, options: Parameters<typeof callApi>[2]): Promise<Answer | null> =>
    callApi(`${at().installation.origin}${path}`, 'POST', options).catch(() => null);

  const tokenOf = (url: unknown): string => new URL(String(url)).searchParams.get('token') ?? '';

  async function aLink(kind: 'invite_url' | 'reset_url', email: string): Promise<string> {
    const path = kind === 'invite_url' ? '/users' : `/users/${email}/reset`;
    return tokenOf((await admin('POST', path, kind === 'invite_url' ? { email, teams: [] } : {})).body[kind]);
  }

  const accept = (token: string) => ask('/auth/accept', { body: { token, password: PASSWORD } });
  const succeeded = (answers: readonly (Answer | null)[]) => answers.filter((answer) => answer?.status === 200).length;

  async function killedWhile(under: readonly Promise<unknown>[]): Promise<void> {
    await Promise.race(under);
    await at().installation.isBack('api', at().installation.kill('api'));
    await Promise.all(under);
  }

  test.each(['invite_url', 'reset_url'] as const)(
    'the api is killed while every %s is used several times at once: each gives one password, and none a second',
    async (kind) => {
      const emails = Array.from({ length: PEOPLE }, (_, index) => `${kind.slice(0, 5)}-${String(index)}@studio.example`);
      if (kind === 'reset_url') for (const email of emails) await accept(await aLink('invite_url', email));
      const tokens: string[] = [];
      for (const email of emails) tokens.push(await aLink(kind, email));
      const uses = tokens.map((token) => Promise.all(Array.from({ length: AT_ONCE }, () => accept(token))));
      await killedWhile(uses);

      for (const [index, use] of uses.entries()) {
        const token = tokens[index]!;
        const before = succeeded(await use);
        // What was not used, or whose use died with the process, is used now; what was used is not.
        const after = succeeded([await accept(token)]);
        expect(before + after).toBeLessThanOrEqual(1);
        expect((await accept(token))?.status).not.toBe(200);
        const signedIn = await ask('/auth/login', { body: { email: emails[index], password: PASSWORD } });
        expect(signedIn?.status).toBe(200);
      }
    },
    150_000,
  );

  test('the api is killed while people sign out: a session that was ended stays ended', async () => {
    const token = await aLink('invite_url', 'leaver@studio.example');
    await accept(token);
    const sessions: { cookie: string; csrf: string }[] = [];
    for (let index = 0; index < PEOPLE; index += 1) {
      const answer = await ask('/auth/login', { body: { email: 'leaver@studio.example', password: PASSWORD } });
      const cookie = answer?.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      sessions.push({ cookie, csrf: String(answer?.body.csrf_token) });
    }
    const ends = sessions.map(({ cookie, csrf }) => ask('/auth/logout', { headers: { cookie, 'x-csrf-token': csrf } }));
    await killedWhile(ends);

    for (const [index, end] of ends.entries()) {
      const { cookie } = sessions[index]!;
      const answer = await end;
      const me = await callApi(`${at().installation.origin}/auth/me`, 'GET', { headers: { cookie } });
      if (answer !== null && answer.status < 300) expect(me.status).toBe(401);
      else expect([200, 401]).toContain(me.status);
    }
  }, 150_000);
}
