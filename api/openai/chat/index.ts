import { Router } from 'express';
import type { ApiContext } from '../../deps';

/** Routes of chat. */
export function chatRouter(_context: ApiContext): Router {
  return Router();
}
