import createClient, { type Middleware } from 'openapi-fetch';
import { errorOf, isCode, NoConnection } from './errors';
import { noteConnection } from './connection';
import type { components, paths } from './schema';
import { csrfToken, setCsrfToken, signedInAgain } from './session-state';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD']);

async function reach(request: Request): Promise<Response> {
  const headers = new Headers(request.headers);
  const token = csrfToken();
  if (!SAFE.has(request.method) && token !== null) headers.set('x-csrf-token', token);
  try {
    const response = await fetch(new Request(request, { headers }));
    noteConnection(true);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    noteConnection(false);
    throw new NoConnection(error);
  }
}

/** Sends a request; one that finds the session over waits until the person has signed in again, and is sent once more, as it was. */
async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await reach(request);
  if (response.status !== 401 && response.status !== 403) return response;
  const error = await errorOf(response.clone());
  // A sign-in in another tab brought a session of its own: its token is as good.
  if (isCode(error, 'csrf_token_invalid') && (await renewToken())) return reach(again);
  if (!isCode(error, 'session_expired', 'csrf_token_invalid', 'invalid_api_key')) return response;
  await signedInAgain();
  return send(again);
}

async function renewToken(): Promise<boolean> {
  const response = await reach(new Request(`${window.location.origin}/auth/me`, { credentials: 'same-origin' }));
  if (!response.ok) return false;
  const { csrf_token: token } = (await response.json()) as components['schemas']['Me'];
  setCsrfToken(token);
  return true;
}

const failures: Middleware = {
  async onResponse({ response }) {
    if (!response.ok && response.status !== 304) throw await errorOf(response);
  },
};

const base = { baseUrl: window.location.origin, credentials: 'same-origin' } as const;

/** The API for whoever is signed in. Rejects with `ApiError` or `NoConnection`. */
export const api = createClient<paths>({ ...base, fetch: send });
api.use(failures);

/** The same for signing in and out, which nobody waits for a session with. */
export const doorApi = createClient<paths>({ ...base, fetch: reach });
doorApi.use(failures);

/** Names the team of a request. Header values are Latin-1, names are not: the server reads them percent-encoded. */
export const asTeam = (team: string): { readonly 'x-atelier-team': string } => ({ 'x-atelier-team': encodeURIComponent(team) });

/** A key for a write, which makes its repeat harmless. */
export function newKey(): string {
  // `randomUUID` is there on TLS and on this machine alone.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The body of an answer that was a success. */
export function bodyOf<Data>({ data }: { readonly data?: Data }): Data {
  if (data === undefined) throw new NoConnection('an empty answer');
  return data;
}
