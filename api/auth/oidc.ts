import type { Request, Response } from 'express';
import { teamsByRules, type OidcSecrets } from '../../domain/access/oidc';
import { AppError, isAppError } from '../../domain/errors';
import type { ApiContext } from '../deps';
import { baseUrlOf } from '../http/request-headers';
import type { Routes } from '../http/routes';
import { hashOf } from '../http/token';
import { cookieOf, cookieOptions, prepareSession, setSessionCookie } from './cookie';

const COOKIE = 'atelier_oidc';
const PATH = '/auth/oidc';
/** For the whole way through the identity provider's pages. */
const MOST_MS = 600_000;
const HOME = '/console/';

interface Begun extends OidcSecrets {
  readonly next: string;
  readonly untilMs: number;
}

type Deps = Pick<ApiContext, 'logger' | 'now' | 'oidc' | 'oidcStore' | 'sessionStore' | 'settings'>;

/** Sign-in by OIDC: what it remembers in between is sealed in a cookie of the browser that began it. */
export function addOidc(routes: Routes<'/auth'>, context: Deps): void {
  routes.get('/oidc/start', async (request, response) => {
    const { provider, box } = configured(context);
    const { url, secrets } = await provider.begin(`${baseUrlOf(context.settings, request)}${PATH}/callback`);
    const begun: Begun = { ...secrets, next: nextOf(request.query['next']), untilMs: context.now().getTime() + MOST_MS };
    response.cookie(COOKIE, box.seal(JSON.stringify(begun)), { ...cookieOptions(context, request, PATH), maxAge: MOST_MS });
    redirect(response, url);
  });

  routes.get('/oidc/callback', async (request, response) => {
    response.clearCookie(COOKIE, cookieOptions(context, request, PATH));
    try {
      redirect(response, await finish(context, request, response));
    } catch (error) {
      if (!isAppError(error)) throw error;
      context.logger.warn({ code: error.code, reason: error.message }, 'a sign-in by OIDC was refused');
      // A person sees the page of sign-in again; a program sees the error.
      if (!(request.headers.accept ?? '').includes('text/html')) throw error;
      redirect(response, `/console/sign-in?error=${error.code}`);
    }
  });
}

async function finish(context: Deps, request: Request, response: Response): Promise<string> {
  const { provider, rules } = configured(context);
  const begun = begunBy(context, request);
  const callback = new URL(`${baseUrlOf(context.settings, request)}${request.originalUrl}`);
  if (begun === null || callback.searchParams.get('state') !== begun.state) {
    throw refused('This sign-in was not begun by this browser, or more than 10 minutes ago. Start it again.');
  }
  if (!(await context.oidcStore.claimState(hashOf(begun.state)))) throw refused('This sign-in came back before. Start it again.');
  const identity = await provider.finish(callback, begun);
  const userId = await context.oidcStore.account(identity, teamsByRules(rules, identity));
  if (userId === null) {
    const why =
      identity.email === null ? 'The identity provider does not vouch for an e-mail of yours' : 'None of your groups has a place here';
    throw refused(`${why}, and nobody has invited you. Ask your administrator.`);
  }
  const { token, session } = prepareSession(context, request);
  await context.sessionStore.begin(userId, 'oidc', session);
  setSessionCookie(context, request, response, token);
  return begun.next;
}

function configured({ oidc }: Deps): NonNullable<Deps['oidc']> {
  if (oidc === null) throw new AppError('not_found', 'Sign-in by OIDC is not configured here (ATELIER_OIDC_ISSUER).');
  return oidc;
}

/** What the browser began, if it is whole and not over. */
function begunBy(context: Deps, request: Request): Begun | null {
  const sealed = cookieOf(request, COOKIE, /^[\w.:%-]{1,3000}$/);
  if (sealed === null) return null;
  try {
    const begun = JSON.parse(configured(context).box.open(decodeURIComponent(sealed))) as Begun;
    return begun.untilMs > context.now().getTime() ? begun : null;
  } catch {
    return null;
  }
}

/** Only paths of ours. */
function nextOf(given: unknown): string {
  return typeof given === 'string' && given.length <= 500 && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(given) ? given : HOME;
}

function redirect(response: Response, url: string): void {
  response.statusCode = 303;
  response.setHeader('location', url);
  response.end();
}

function refused(message: string): AppError {
  return new AppError('oidc_refused', message);
}
