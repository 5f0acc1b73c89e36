import { Router } from 'express';
import type { ApiContext } from '../../deps';

/** Routes of embeddings. */
export function embeddingsRouter(_context: ApiContext): Router {
  return Router();
}
