import { Router } from 'express';
import type { ApiContext } from '../deps';

/** Routes of openApi. */
export function openApiRouter(context: ApiContext): Router {
  const router = Router();
  context.logger.debug({}, 'No routes of openApi yet.');
  return router;
}
