import { Router } from 'express';
import type { ApiContext } from '../../deps';

/** Routes of images. */
export function imagesRouter(context: ApiContext): Router {
  const router = Router();
  context.logger.debug({}, 'No routes of images yet.');
  return router;
}
