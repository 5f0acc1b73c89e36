import type { Router, RequestHandler } from 'express';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { ApiContext, Authenticating } from '../deps';
import { elapsedMs } from '../http/context';
import { createRoutes } from '../http/routes';

/** Where `createApp` mounts routers. */
const MOUNTS = ['/v1', '/admin/v1'];

/** Counts every answer by route and status, and its time. Mounted first. */
export function measureRequests({ metrics }: Pick<ApiContext, 'metrics'>): RequestHandler {
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
  const open = new Gauge({ name: 'atelier_http_open_requests', help: 'Requests being answered, streams included.', registers: [metrics] });
  return (request, response, next) => {
    open.inc();
    response.on('close', () => {
      open.dec();
      // Only routes that exist become labels: a path is the client's choice and has no end.
      const route = routeOf(request);
      requests.inc({ method: request.method, route, status: response.statusCode });
      seconds.observe({ route }, elapsedMs(response) / 1_000);
    });
    next();
  };
}

function routeOf(request: { readonly originalUrl: string; readonly route?: unknown }): string {
  const route = request.route as { readonly path?: unknown } | undefined;
  if (typeof route?.path !== 'string') return 'none';
  // `baseUrl` is gone again when an error handler answers.
  const mount = MOUNTS.find((prefix) => request.originalUrl.startsWith(`${prefix}/`)) ?? '';
  return `${mount}${route.path}`;
}

/** GET /metrics in Prometheus's text form. */
export function metricsRouter(context: Authenticating & Pick<ApiContext, 'metrics'>): Router {
  const { metrics } = context;
  const routes = createRoutes(context, '');
  routes.get('/metrics', async (_request, response) => {
    response.setHeader('content-type', metrics.contentType);
    response.end(await metrics.metrics());
  });
  return routes.done();
}
