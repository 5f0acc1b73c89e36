import type { Router } from 'express';
import type { ApiContext, Authenticating } from '../deps';
import { createRoutes } from '../http/routes';
import { sendJson } from '../http/send';
import { askParts } from './ask-parts';

type Deps = Pick<ApiContext, 'draining' | 'probes' | 'settings' | 'workersAlive'>;

/** GET /healthz: this process lives. GET /readyz: all parts answer, 503 names those that do not, or says that the process is ending. */
export function healthRouter(context: Authenticating & Deps): Router {
  const routes = createRoutes(context, '');
  routes.get('/healthz', (_request, response) => sendJson(response, 200, { status: 'ok', version: context.settings.version }));
  routes.get('/readyz', async (_request, response) => {
    // Load balancers are told at once: the parts' answers no longer matter.
    if (context.draining.aborted) {
      sendJson(response, 503, { status: 'stopping', parts: {}, missing: [] });
      return;
    }
    const answers = await askParts(context);
    const missing = answers.filter(({ problem }) => problem !== null).map(({ name, problem }) => ({ name, reason: problem }));
    const isReady = missing.length === 0;
    sendJson(response, isReady ? 200 : 503, {
      status: isReady ? 'ready' : 'not_ready',
      parts: Object.fromEntries(answers.map(({ name, problem }) => [name, problem === null ? 'ok' : 'missing'])),
      missing,
    });
  });
  return routes.done();
}
