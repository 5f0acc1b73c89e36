import type { Router } from 'express';
import type { ApiContext, Authenticating } from '../deps';
import { createRoutes } from '../http/routes';
import { sendJson } from '../http/send';
import { within } from '../../lib/time';

/** Above what the probes allow themselves: their own words say more. */
const CAP_MS = 2_500;

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
    const checks = [...context.probes, { name: 'worker', check: () => checkWorkers(context) }];
    const answers = await Promise.all(checks.map(async (probe) => ({ name: probe.name, problem: await problemOf(() => probe.check()) })));
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

async function checkWorkers(context: Pick<ApiContext, 'workersAlive'>): Promise<void> {
  if ((await context.workersAlive()) < 1) throw new Error('no worker is running');
}

async function problemOf(check: () => Promise<void>): Promise<string | null> {
  try {
    await within(CAP_MS, check());
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 300) : 'does not answer';
  }
}
