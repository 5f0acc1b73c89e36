import { Router } from 'express';
import type { ApiContext } from '../deps';

/** Routes of assets. */
export function assetsRouter(context: ApiContext): Router {
  const router = Router();
  context.logger.debug({}, 'No routes of assets yet.');
  return router;
}
