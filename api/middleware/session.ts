import type { Request } from 'express';
import type { ChosenTeam, SignedIn } from '../../domain/access/principal';
import { unknownTeam } from '../../domain/access/permissions';
import type { LiveSession } from '../../domain/access/session';
import { AppError } from '../../domain/errors';
import type { Authenticating } from '../deps';
import type { RequestSession } from '../http/context';
import { hashOf } from '../http/token';
import { checkDoor } from './door';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The session of a token, for a request that carries the CSRF token where it is not safe.
 * @throws AppError `session_expired`, `csrf_token_invalid`
 */
export async function sessionOf(context: Authenticating, request: Request, token: string | null): Promise<RequestSession> {
  const tokenHash = token === null ? '' : hashOf(token);
  const live = token === null ? null : await context.sessions.find(tokenHash);
  if (live === null || live.expiresAt <= new Date()) {
    throw new AppError('session_expired', 'You are not signed in, or your session has ended. Sign in again.');
  }
  if (!SAFE.has(request.method) && !isOurs(context, request, tokenHash)) {
    throw new AppError(
      'csrf_token_invalid',
      'A request with a session cookie that changes something needs the header x-csrf-token. GET /auth/me gives its value.',
    );
  }
  return { live, tokenHash };
}

function isOurs({ csrf }: Authenticating, request: Request, tokenHash: string): boolean {
  const given = request.headers['x-csrf-token'];
  return typeof given === 'string' && csrf.verify(tokenHash, given);
}

/**
 * Who signed in, for the team that the request names, else their only one.
 * @throws AppError `not_found` for a team that they do not see
 */
export async function signedIn(context: Authenticating, request: Request, { live }: RequestSession): Promise<SignedIn> {
  const { person } = live;
  const team = await chosenTeam(context, live, nameOfTeam(request));
  const generates = team?.role === 'manager' || team?.role === 'creator';
  const caller = generates ? await context.sessions.callerOf(live, team.id) : null;
  if (caller === null || SAFE.has(request.method)) return { kind: 'person', person, team, caller };
  checkDoor(caller, request, new Date());
  return { kind: 'person', person, team, caller };
}

async function chosenTeam({ sessions }: Authenticating, { person }: LiveSession, names: readonly string[]): Promise<ChosenTeam | null> {
  const [first] = names;
  const memberships = first === undefined ? person.memberships : person.memberships.filter(({ teamName }) => names.includes(teamName));
  const [only] = memberships;
  if (only !== undefined && memberships.length === 1) return { id: only.teamId, name: only.teamName, role: only.role };
  if (first === undefined) return null;
  if (person.organisationRole !== 'admin') throw unknownTeam(first);
  for (const name of names) {
    const team = await sessions.teamNamed(name);
    if (team !== null) return { ...team, role: null };
  }
  throw unknownTeam(first);
}

/**
 * How the request names its team: `x-atelier-team`, or `?team=` where a browser can set no header (images, event streams, downloads).
 * That parameter is taken out of the URL. A header holds letters beyond Latin-1 percent-encoded or as the bytes of UTF-8.
 */
function nameOfTeam(request: Request): readonly string[] {
  const header = request.headers['x-atelier-team'];
  if (typeof header === 'string' && header.trim() !== '') {
    const given = header.trim();
    return [...new Set([given, decoded(given), Buffer.from(given, 'latin1').toString('utf8')])];
  }
  if (!SAFE.has(request.method) || !/^\/v1(?:\/|$)/i.test(request.originalUrl)) return [];
  const at = request.url.indexOf('?');
  if (at === -1) return [];
  const query = new URLSearchParams(request.url.slice(at));
  const name = query.get('team');
  if (name === null) return [];
  query.delete('team');
  request.url = `${request.url.slice(0, at)}${query.size === 0 ? '' : `?${query.toString()}`}`;
  return name === '' ? [] : [name];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
