import type { Request, Response } from 'express';
import type { NewSession } from '../../domain/access/session';
import type { ApiContext } from '../deps';
import { clientAddress } from '../http/client-address';
import { hashOf, newToken } from '../http/token';

/** The cookie of a session. It holds 256 random bits and nothing else. */
export const SESSION_COOKIE = 'atelier_session';
const MOST_AGENT_LENGTH = 300;

/** The value of a cookie, null when there is none of this form. */
export function cookieOf(request: Pick<Request, 'headers'>, name: string, form: RegExp): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    const value = part.slice(at + 1).trim();
    if (at !== -1 && part.slice(0, at).trim() === name && form.test(value)) return value;
  }
  return null;
}

/** The token of the request's session; it may be over, or never have been. */
export function sessionTokenOf(request: Pick<Request, 'headers'>): string | null {
  return cookieOf(request, SESSION_COOKIE, /^[\w-]{43}$/);
}

type Settled = Pick<ApiContext, 'settings'>;

/** Does the browser reach us by TLS, ourselves or a proxy that we trust? */
function isSecure({ settings }: Settled, request: Request): boolean {
  return request.secure || settings.publicUrl?.startsWith('https:') === true;
}

/** Attributes of our cookies: no script reads them, and no other site sends them. */
export function cookieOptions(context: Settled, request: Request, path = '/') {
  return { httpOnly: true, sameSite: 'lax', secure: isSecure(context, request), path } as const;
}

/** A new session's facts and the token for its cookie. The one that the browser had is replaced: a token is never kept over a sign-in. */
export function prepareSession({ settings }: Settled, request: Request): { readonly token: string; readonly session: NewSession } {
  const token = newToken();
  const before = sessionTokenOf(request);
  const session: NewSession = {
    tokenHash: hashOf(token),
    lifetimeMs: settings.sessions.absoluteMs,
    replaces: before === null ? null : hashOf(before),
    ip: clientAddress(request),
    userAgent: request.headers['user-agent']?.slice(0, MOST_AGENT_LENGTH) ?? null,
  };
  return { token, session };
}

export function setSessionCookie(context: Settled, request: Request, response: Response, token: string): void {
  response.cookie(SESSION_COOKIE, token, { ...cookieOptions(context, request), maxAge: context.settings.sessions.absoluteMs });
}

export function clearSessionCookie(context: Settled, request: Request, response: Response): void {
  response.clearCookie(SESSION_COOKIE, cookieOptions(context, request));
}
