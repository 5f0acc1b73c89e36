import { Router, type RequestHandler } from 'express';
import type { ApiContext } from '../deps';
import { baseUrlOf } from '../http/request-headers';
import { allowOnly } from '../http/methods';
import { sendJson } from '../http/send';

/**
 * What a person or a client finds at an address without an endpoint: `/`, `/v1` and `/api/hello` (Claude Code looks there with
 * HEAD before its first call). Open to all.
 */
export function discoveryRouter(context: Pick<ApiContext, 'settings'>): Router {
  const router = Router();
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
  for (const path of ['/', '/v1', '/api/hello']) {
    router.get(path, hint);
    router.all(path, allowOnly('GET'));
  }
  return router;
}
