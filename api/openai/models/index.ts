import { Router } from 'express';
import type { ApiContext } from '../../deps';

/** Routes of models. */
export function modelsRouter(_context: ApiContext): Router {
  return Router();
}
