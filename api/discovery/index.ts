import type { Router, RequestHandler } from 'express';
import type { ApiContext, Authenticating } from '../deps';
import { baseUrlOf } from '../http/request-headers';
import { createRoutes } from '../http/routes';
import { sendJson } from '../http/send';

/**
 * What a client finds at an address without an endpoint: `/`, `/v1` and `/api/hello` (Claude Code looks there with HEAD before its
 * first call). A browser at `/` goes on to the console. Open to all.
 */
export function discoveryRouter(context: Authenticating & Pick<ApiContext, 'settings'>): Router {
  const routes = createRoutes(context, '');
  const hint: RequestHandler = (request, response) => {
    const origin = baseUrlOf(context.settings, request);
    sendJson(response, 200, {
      object: 'service',
      name: 'Atelier',
      message: `This is the base URL of an API. Give clients ${origin}/v1 as the base URL, with a key in "Authorization: Bearer KEY".`,
      base_url: `${origin}/v1`,
      models_url: `${origin}/v1/models`,
      openapi_url: `${origin}/openapi.json`,
    });
  };
  for (const path of ['/v1', '/api/hello'] as const) routes.get(path, hint);
  routes.get('/', (request, response, next) => {
    response.setHeader('vary', 'accept');
    // A client that takes anything gets JSON.
    if (request.accepts(['json', 'html']) === 'html') response.redirect(302, '/console/');
    else hint(request, response, next);
  });
  return routes.done();
}
