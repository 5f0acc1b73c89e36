import type { Request, RequestHandler, Response } from 'express';
import { LOCALES } from '../../domain/access/person';
import { requireGoodPassword } from '../../domain/access/password';
import { mayDo, PERMISSIONS, type Action } from '../../domain/access/permissions';
import { AppError } from '../../domain/errors';
import { given } from '../../lib/given';
import type { ApiContext, Authenticating } from '../deps';
import { parseWith, parseWithNulls } from '../http/faults';
import { holdForStrangers } from '../http/held';
import { requestSessionOf, type RequestSession } from '../http/context';
import { createRoutes, jsonOf } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { hashOf } from '../http/token';
import { sessionOf, signedIn } from '../middleware/session';
import { clearSessionCookie, prepareSession, sessionTokenOf, setSessionCookie } from './cookie';
import { addOidc } from './oidc';
import { acceptSchema, changeSchema, loginSchema } from './schema';
import { createPasswordCheck } from './sign-in';

const MAX_BODY_BYTES = 32 * 1024;

export type AuthDeps = Authenticating &
  Pick<
    ApiContext,
    'closing' | 'logger' | 'now' | 'oidc' | 'oidcStore' | 'passwordHasher' | 'passwordLinks' | 'passwordStore' | 'people' | 'sessionStore'
  >;

/** Routes of /auth: how people sign in, and what they change about themselves. They know the cookie alone; a key means nothing here. */
export function authRouters(context: AuthDeps): readonly RequestHandler[] {
  const routes = createRoutes(context, '/auth');
  const json = jsonOf(MAX_BODY_BYTES);
  const fromStrangers = { ...json, then: [holdForStrangers(context.held), ...(json.then ?? [])] };
  const checkPassword = createPasswordCheck(context);

  routes.get('/options', async (_request, response) => {
    const hasSignIns = await context.people.anySignIn();
    sendJson(response, 200, {
      password: true,
      oidc: context.oidc === null ? null : { start_url: '/auth/oidc/start' },
      first_run: !hasSignIns,
      locales: LOCALES,
    });
  });

  routes.post('/login', fromStrangers, async (request, response) => {
    const { email, password } = parseWith(loginSchema, request.body);
    const userId = await checkPassword(request, email, password);
    const { token, session } = prepareSession(context, request);
    await context.sessionStore.begin(userId, 'password', session);
    await welcome(context, request, response, token);
  });

  routes.post('/accept', fromStrangers, async (request, response) => {
    const { token: link, password, name, locale } = parseWith(acceptSchema, request.body);
    const found = await context.passwordLinks.find(hashOf(link));
    if (found === null) throw linkIsOver();
    requireGoodPassword(password, [found.email, found.name]);
    const { token, session } = prepareSession(context, request);
    const userId = await context.passwordLinks.use(hashOf(link), await context.passwordHasher.hash(password), session);
    if (userId === null) throw linkIsOver();
    if (name !== undefined || locale !== undefined) {
      const user = await context.people.findByEmail(found.email);
      if (user !== null) await context.people.update(user.publicId, given({ name, locale }));
    }
    await welcome(context, request, response, token);
  });

  routes.post('/logout', async (request, response) => {
    const token = sessionTokenOf(request);
    // Whoever is signed out already gets the same answer.
    const session = token === null ? null : await sessionOf(context, request, token).catch(nullIfExpired);
    if (session !== null) await end(context, session, session.live.id);
    clearSessionCookie(context, request, response);
    response.statusCode = 204;
    response.end();
  });

  routes.get('/me', async (request, response) => {
    sendJson(response, 200, await meObject(context, request, requestSessionOf(response)));
  });
  routes.patch('/me', json, async (request, response) => {
    const session = requestSessionOf(response);
    const { password, current_password: currentPassword, time_zone: timeZone, ...changes } = parseWithNulls(changeSchema, request.body);
    const { person } = session.live;
    if (password !== undefined) {
      requireGoodPassword(password, [person.email, person.name]);
      if (currentPassword === undefined) {
        throw new AppError('missing_required_parameter', 'A new password needs current_password too.', { param: 'current_password' });
      }
      await checkPassword(request, person.email, currentPassword);
      await context.passwordStore.set(person.id, await context.passwordHasher.hash(password));
      await context.sessionStore.revokeOthers(person.id, session.live.id);
    }
    await context.people.update(person.publicId, given({ ...changes, timeZone }));
    context.sessions.forget(session.tokenHash);
    const live = (await context.sessions.find(session.tokenHash)) ?? session.live;
    sendJson(response, 200, await meObject(context, request, { ...session, live }));
  });

  routes.get('/sessions', async (_request, response) => {
    const { live } = requestSessionOf(response);
    const sessions = await context.sessionStore.list(live.person.id, context.settings.sessions.idleMs);
    const data = sessions.map(({ id, method, createdAt, lastSeenAt, expiresAt, ip, userAgent }) => ({
      object: 'session',
      id,
      current: id === live.id,
      method,
      created_at: createdAt.toISOString(),
      last_seen_at: lastSeenAt.toISOString(),
      expires_at: expiresAt.toISOString(),
      ip,
      user_agent: userAgent,
    }));
    sendList(response, data, ({ id }) => id);
  });

  routes.delete('/sessions/:id', async (request, response) => {
    const session = requestSessionOf(response);
    const { id } = request.params;
    if (!(await end(context, session, id))) {
      throw new AppError('not_found', `You have no session ${JSON.stringify(id.slice(0, 64))}.`);
    }
    if (id === session.live.id) clearSessionCookie(context, request, response);
    sendJson(response, 200, { object: 'session', id, deleted: true });
  });
  addOidc(routes, context);
  return [onlyFromHere, routes.done()];
}

/** A browser says where a request comes from: pages of other sites may not sign anybody in or out. */
const onlyFromHere: RequestHandler = (request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  if (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site') {
    throw new AppError('csrf_token_invalid', 'Requests of other sites are not accepted here.');
  }
  next();
};

/** Answers a sign-in: the cookie, and who it is. */
export async function welcome(context: AuthDeps, request: Request, response: Response, token: string): Promise<void> {
  const tokenHash = hashOf(token);
  const live = await context.sessions.find(tokenHash);
  if (live === null) throw new AppError('invalid_credentials', 'The e-mail or the password is wrong.');
  setSessionCookie(context, request, response, token);
  sendJson(response, 200, await meObject(context, request, { live, tokenHash }));
}

async function meObject(context: AuthDeps, request: Request, session: RequestSession): Promise<object> {
  const { live, tokenHash } = session;
  const { person } = live;
  const principal = await signedIn(context, request, session);
  return {
    user: { id: person.publicId, email: person.email, name: person.name, locale: live.locale, time_zone: live.timeZone },
    organisation_role: person.organisationRole,
    teams: person.memberships.map(({ teamName, role }) => ({ name: teamName, role })),
    permissions: (Object.keys(PERMISSIONS) as Action[]).filter((action) => mayDo(principal, action)),
    session: { id: live.id, expires_at: live.expiresAt.toISOString() },
    csrf_token: context.csrf.sign(tokenHash),
  };
}

async function end({ sessionStore, sessions }: AuthDeps, session: RequestSession, id: string): Promise<boolean> {
  const wasThere = await sessionStore.revoke(session.live.person.id, id);
  if (id === session.live.id) sessions.forget(session.tokenHash);
  return wasThere;
}

function nullIfExpired(error: unknown): null {
  if (error instanceof AppError && error.code === 'session_expired') return null;
  throw error;
}

function linkIsOver(): AppError {
  return new AppError('invalid_link', 'This link is over, was used already, or never was. Ask your administrator for another one.');
}
