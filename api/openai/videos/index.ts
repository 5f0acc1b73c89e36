import { Router } from 'express';
import type { ApiContext } from '../../deps';

/** Routes of videos. */
export function videosRouter(context: ApiContext): Router {
  const router = Router();
  context.logger.debug({}, 'No routes of videos yet.');
  return router;
}
