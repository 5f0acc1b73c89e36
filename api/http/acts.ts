import type { Request, RequestHandler, Response } from 'express';
import type { ActWay } from '../../domain/audit/act';
import { ACTS_OF_GET, NO_ACTS, ROUTES, type RouteName } from '../../domain/access/routes';
import type { Principal } from '../../domain/access/principal';
import type { ApiContext } from '../deps';
import { clientAddress } from './client-address';
import { localsOf, requestIdOf } from './context';

type Deps = Pick<ApiContext, 'acts' | 'audit' | 'logger'>;

/** Is what the route does told of in the audit log? Everything of the administration and of sign-in that changes something. */
export function isAct(name: RouteName): boolean {
  if (ACTS_OF_GET.has(name)) return true;
  return /^(?:POST|PUT|PATCH|DELETE) \/(?:admin\/v1|auth)\//.test(name) && !NO_ACTS.has(name);
}

/**
 * A handler whose changes are told of in the audit log as what the caller does. The entries are written by the database, with the change
 * itself; an administrative request that left none gets one that names its path.
 */
export function asAct(context: Deps, name: RouteName, handler: RequestHandler): RequestHandler {
  const ofRoute = ROUTES[name];
  return async (request, response, next) => {
    const { principal = null } = localsOf(response);
    const act = { actor: actorOf(principal), via: wayOf(principal, request), ip: clientAddress(request), requestId: requestIdOf(response) };
    await context.acts.run(act, async () => {
      await handler(request, response, next);
      if (principal === null || response.statusCode >= 400) return;
      await noteAnyway(context, response, ofRoute, request.originalUrl.replace(/\?.*$/s, ''));
    });
  };
}

async function noteAnyway({ audit, logger }: Deps, response: Response, action: string, path: string): Promise<void> {
  const requestId = requestIdOf(response);
  await audit.noteRequest(requestId, action, path).catch((error: unknown) => {
    // The answer has gone out.
    logger.error({ err: error, request_id: requestId, action, path }, 'an act could not be written to the audit log');
  });
}

function actorOf(principal: Principal | null): string {
  if (principal === null) return 'anonymous';
  if (principal.kind === 'admin') return 'admin_key';
  if (principal.kind === 'person') return `user:${principal.person.publicId}`;
  return `key:${principal.caller.teamName}/${principal.caller.credentialName}`;
}

function wayOf(principal: Principal | null, request: Pick<Request, 'headers'>): ActWay {
  if (principal === null || principal.kind === 'person') return 'console';
  return request.headers['user-agent']?.startsWith('atelier-cli') === true ? 'cli' : 'api';
}
