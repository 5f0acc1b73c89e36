import type { Router, RequestHandler } from 'express';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { ApiContext, Authenticating } from '../deps';
import { elapsedMs, localsOf, requestIdOf } from '../http/context';
import { createAdminCheck, hashOfKey, keysOf } from '../middleware/authenticate';
import { MOUNTS, routeOf } from '../http/route-of';
import { createRoutes } from '../http/routes';

/** Counts every answer by route and status, its time, and that of its first token; says in the log how each ended. Mounted first. */
export function measureRequests({ logger, metrics: { open: metrics } }: Pick<ApiContext, 'logger' | 'metrics'>): RequestHandler {
  const requests = new Counter({
    name: 'atelier_http_requests_total',
    help: 'Answers by route and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [metrics],
  });
  const seconds = new Histogram({
    name: 'atelier_http_request_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['route'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 120],
    registers: [metrics],
  });
  const firstTokens = new Histogram({
    name: 'atelier_http_first_token_seconds',
    help: 'Time from a request to the first token of its streamed answer.',
    labelNames: ['route'],
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64],
    registers: [metrics],
  });
  const open = new Gauge({ name: 'atelier_http_open_requests', help: 'Requests being answered, streams included.', registers: [metrics] });
  return (request, response, next) => {
    open.inc();
    response.on('close', () => {
      open.dec();
      // Only routes that exist become labels: a path is the client's choice and has no end.
      const route = routeOf(request);
      requests.inc({ method: request.method, route, status: response.statusCode });
      seconds.observe({ route }, elapsedMs(response) / 1_000);
      const { firstTokenMs } = localsOf(response);
      if (firstTokenMs !== undefined) firstTokens.observe({ route }, firstTokenMs / 1_000);
      const taskId = response.getHeader('x-atelier-run-id');
      const ids = { request_id: requestIdOf(response), ...(typeof taskId === 'string' ? { task_id: taskId } : {}) };
      const line = { ...ids, method: request.method, route, status: response.statusCode, duration_ms: Math.round(elapsedMs(response)) };
      if (MOUNTS.some((mount) => route.startsWith(`${mount}/`))) logger.info(line, 'a request was answered');
      else logger.debug(line, 'a request was answered');
    });
    next();
  };
}

/** GET /metrics in Prometheus's text form: with the admin key all of it, else what names no provider and no money. */
export function metricsRouter(context: Authenticating & Pick<ApiContext, 'metrics'>): Router {
  const { metrics } = context;
  const routes = createRoutes(context, '');
  const isAdminKey = createAdminCheck(context.settings);
  routes.get('/metrics', async (request, response) => {
    const isAll = keysOf(request).some(({ key }) => isAdminKey(hashOfKey(key)));
    response.setHeader('content-type', metrics.open.contentType);
    response.end(await (isAll ? metrics.text() : metrics.open.metrics()));
  });
  return routes.done();
}
