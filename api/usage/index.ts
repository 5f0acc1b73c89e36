import type { Router } from 'express';
import type { Authenticating } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { createRoutes } from '../http/routes';
import { sendUsage, type Reporting } from './answer';
import { usageQuery } from './schema';

/** What the caller's team used. */
export function usageRouter(context: Authenticating & Reporting): Router {
  const routes = createRoutes(context, '/v1');
  routes.get('/usage', async (request, response) => {
    const { teamId } = scopeOf(response);
    await sendUsage(context, response, parseWith(usageQuery, request.query), teamId === null ? null : [teamId]);
  });
  return routes.done();
}
