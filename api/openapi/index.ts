import { Router } from 'express';
import type { ApiContext } from '../deps';
import { allowOnly } from '../http/methods';
import { openApiDocument } from './document';

/** GET /openapi.json: open to all, as clients and tools read it before they have a key. */
export function openApiRouter(context: Pick<ApiContext, 'settings'>): Router {
  const router = Router();
  let text: string | null = null;
  router.get('/openapi.json', (_request, response) => {
    text ??= JSON.stringify(openApiDocument(context.settings.version));
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(text);
  });
  router.all('/openapi.json', allowOnly('GET'));
  return router;
}
