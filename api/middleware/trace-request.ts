import type { RequestHandler } from 'express';
import type { Tracing } from '../../domain/tracing';
import { localsOf, requestIdOf } from '../http/context';
import { routeOf } from '../http/route-of';

/** Makes a span of each request, which continues the client's trace where it names one by `traceparent`. */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const { traceparent } = request.headers;
    const span = tracing.begin(request.method, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : null,
      facts: { 'http.request.method': request.method, 'atelier.request_id': requestIdOf(response) },
    });
    response.on('close', () => {
      const route = routeOf(request);
      const taskId = response.getHeader('x-atelier-run-id');
      const facts = {
        'http.route': route,
        'http.response.status_code': response.statusCode,
        'atelier.task_id': typeof taskId === 'string' ? taskId : undefined,
        'gen_ai.request.model': localsOf(response).call?.model ?? undefined,
      };
      span.end(`${request.method} ${route}`, facts, response.statusCode >= 500);
    });
    span.run(() => {
      localsOf(response).traceparent = tracing.traceparent();
      next();
    });
  };
}
