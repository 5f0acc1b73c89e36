import { Router } from 'express';
import type { ApiContext } from '../deps';

/** Routes of tasks. */
export function tasksRouter(_context: ApiContext): Router {
  return Router();
}
