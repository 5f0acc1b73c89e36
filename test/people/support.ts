import { createHash, randomBytes } from 'node:crypto';
import type { NewUser } from '../../domain/access/person';
import type { TestApi } from '../api/support/api';
import type { Answer, CallOptions } from '../support/call';

export const PASSWORD = 'violet harbour 42';

/** A browser, as far as signing in is about: it keeps the cookie and knows the CSRF token. */
export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
  readonly answer: Answer;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

export const cookieOf = (answer: Answer): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';

export function browserOf(api: TestApi, answer: Answer, cookie = cookieOf(answer)): Browser {
  const csrf = String(answer.body?.csrf_token);
  const headers = { cookie, 'x-csrf-token': csrf };
  return {
    cookie,
    csrf,
    answer,
    call: (method, path, options) => api.call(method, path, { key: null, ...options, headers: { ...headers, ...options?.headers } }),
  };
}

/** A token of a link for a person, as an administrator gives it out. */
export async function aLink(api: TestApi, userId: number, kind: 'invite' | 'reset' = 'invite'): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await api.database.passwordLinks.issue(userId, kind, createHash('sha256').update(token).digest('hex'), null);
  return token;
}

/** Somebody with a password, who has not signed in. */
export async function aPerson(api: TestApi, changes: Partial<NewUser> = {}): Promise<{ readonly id: string; readonly email: string }> {
  const email = `${randomBytes(4).toString('hex')}@studio.example`;
  const user = await api.database.people.create({ email, name: 'Ada Lovelace', organisationRole: null, teams: [], ...changes });
  const accepted = await api.call('POST', '/auth/accept', { key: null, body: { token: await aLink(api, user.id), password: PASSWORD } });
  if (accepted.status !== 200) throw new Error(`accepting failed: ${accepted.text}`);
  return { id: user.publicId, email: user.email };
}

export function login(api: TestApi, email: string, password = PASSWORD, headers: Record<string, string> = {}): Promise<Answer> {
  // Each from an address of its own, as a proxy names it where the test trusts one.
  const from = `10.${[...randomBytes(3)].join('.')}`;
  return api.call('POST', '/auth/login', { key: null, body: { email, password }, headers: { 'x-forwarded-for': from, ...headers } });
}

/** A new person who has signed in. */
export async function signIn(
  api: TestApi,
  changes: Partial<NewUser> = {},
): Promise<Browser & { readonly email: string; readonly id: string }> {
  const person = await aPerson(api, changes);
  return { ...browserOf(api, await login(api, person.email)), ...person };
}
