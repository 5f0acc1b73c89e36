import type { Router } from 'express';
import type { ApiContext, Authenticating } from '../deps';
import { createRoutes } from '../http/routes';
import { openApiDocument } from './document';

/** GET /openapi.json: open to all, as clients and tools read it before they have a key. */
export function openApiRouter(context: Authenticating & Pick<ApiContext, 'settings'>): Router {
  const routes = createRoutes(context, '');
  let text: string | null = null;
  routes.get('/openapi.json', (_request, response) => {
    text ??= JSON.stringify(openApiDocument(context.settings.version));
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(text);
  });
  return routes.done();
}
