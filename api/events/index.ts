import type { Router } from 'express';
import type { ApiContext } from '../deps';
import { createRoutes } from '../http/routes';
import { createStreamCount, streamTeam } from './stream';

/** Routes of /v1/events. */
export function eventsRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');
  const streams = { hub: context.eventHub, count: createStreamCount() };
  routes.get('/events', (request, response) => streamTeam(context, streams, request, response));
  return routes.done();
}
