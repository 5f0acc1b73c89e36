import { setMaxListeners } from 'node:events';
import express, { type Router } from 'express';
import { adminRouter } from './admin';
import { messagesRouter } from './anthropic';
import { answerAsAnthropic } from './anthropic/errors';
import { assetsRouter } from './assets';
import { billingRouter } from './billing';
import { usageRouter } from './usage';
import { consoleRouter } from './console';
import { campaignsRouter } from './campaigns';
import { schedulesRouter } from './schedules';
import { callbacksRouter } from './callbacks';
import { authRouters } from './auth';
import { preferencesRouter } from './auth/preferences';
import { createCallers, createSessions } from './callers';
import type { ApiContext, ApiDeps } from './deps';
import { eventsRouter } from './events';
import { createEventHub } from './events/hub';
import { createRecent } from './recent';
import { discoveryRouter } from './discovery';
import { logsRouter } from './logs';
import { healthRouter } from './health';
import { createHeldBytes } from '../lib/held-bytes';
import { tooMuchHeld } from './http/held';
import { measureRequests, metricsRouter } from './metrics';
import { canonicalPath, refuseUnstorable } from './middleware/request-url';
import { cors } from './middleware/cors';
import { handleError } from './middleware/handle-error';
import { notFound } from './middleware/not-found';
import { requestContext } from './middleware/request-context';
import { traceRequests } from './middleware/trace-request';
import { audioRouter } from './openai/audio';
import { batchesRouter } from './openai/batches';
import { filesRouter } from './openai/files';
import { chatRouter } from './openai/chat';
import { completionsRouter } from './openai/completions';
import { embeddingsRouter } from './openai/embeddings';
import { imagesRouter } from './openai/images';
import { modelsRouter } from './openai/models';
import { moderationsRouter } from './openai/moderations';
import { responsesRouter } from './openai/responses';
import { videosRouter } from './openai/videos';
import { videoGenerationsRouter } from './openai/videos/generations';
import { openApiRouter } from './openapi';
import { providerCallbacksRouter } from './provider-callbacks';
import { replaysRouter } from './replays';
import { guidesRouter } from './guides';
import { statusRouter } from './status';
import { tasksRouter } from './tasks';
import { templatesRouter } from './templates';
import { webhooksRouter } from './webhooks';
import { createCampaignWatcher, createTaskWatcher } from './watch';

/** The HTTP surface. */
export interface Api {
  readonly app: express.Express;
  /** Says that the process is about to end: requests are taken all the same, each the last one of its connection. Ends event streams. */
  drain(): void;
  /** Ends waits and stops the timers; other answers go on to their end. */
  close(): void;
}

/** Typical times of models are read so often at most. */
const TYPICAL_TIMES_MS = 10_000;

/** Builds the surface on its parts. Nothing listens yet. */
export function createApp(deps: ApiDeps): Api {
  const [draining, closing] = [new AbortController(), new AbortController()];
  // One listener for each open event stream.
  setMaxListeners(0, draining.signal, closing.signal);
  const context: ApiContext = {
    ...deps,
    callers: createCallers(deps),
    sessions: createSessions({ ...deps, idleMs: deps.settings.sessions.idleMs }),
    held: createHeldBytes(deps.settings.held, tooMuchHeld),
    watcher: createTaskWatcher(deps),
    campaignWatcher: createCampaignWatcher(deps),
    eventHub: createEventHub(deps),
    typicalTimes: createRecent({ read: () => deps.campaigns.usualSeconds(), ttlMs: TYPICAL_TIMES_MS, most: 1 }),
    draining: draining.signal,
    closing: closing.signal,
  };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.settings.trustedProxies);

  app.use(canonicalPath);
  app.use(requestContext(deps.newId, draining.signal));
  if (deps.tracing !== null) app.use(traceRequests(deps.tracing));
  app.use(answerAsAnthropic);
  app.use(measureRequests(context));
  app.use(cors(deps.settings.corsOrigins));
  app.use(refuseUnstorable);
  // First, for most requests are these: each router before theirs would look at every one.
  app.use('/v1', ...apiRouters(context));
  app.use(healthRouter(context));
  app.use(statusRouter(context));
  app.use(metricsRouter(context));
  app.use(openApiRouter(context));
  app.use(discoveryRouter(context));
  app.use(consoleRouter(context));
  app.use(guidesRouter(context));
  app.use('/auth', ...authRouters(context));
  app.use('/admin/v1', adminRouter(context));
  app.use(notFound(context));
  app.use(handleError(deps.logger));

  return {
    app,
    drain() {
      draining.abort();
    },
    close() {
      draining.abort();
      closing.abort();
      context.callers.close();
      context.sessions.close();
      context.watcher.close();
      context.campaignWatcher.close();
      context.eventHub.close();
    },
  };
}

/**
 * Paths under /v1. An unknown path is told to anybody: a client with a wrong address would otherwise complain about its key.
 */
function apiRouters(context: ApiContext): Router[] {
  return [
    chatRouter(context),
    completionsRouter(context),
    messagesRouter(context),
    responsesRouter(context),
    embeddingsRouter(context),
    moderationsRouter(context),
    audioRouter(context),
    modelsRouter(context),
    imagesRouter(context),
    videosRouter(context),
    videoGenerationsRouter(context),
    assetsRouter(context),
    // Before the tasks, for whose ids its own paths would be taken.
    replaysRouter(context),
    tasksRouter(context),
    callbacksRouter(context),
    webhooksRouter(context),
    providerCallbacksRouter(context),
    eventsRouter(context),
    campaignsRouter(context),
    filesRouter(context),
    batchesRouter(context),
    templatesRouter(context),
    schedulesRouter(context),
    logsRouter(context),
    billingRouter(context),
    usageRouter(context),
    preferencesRouter(context),
  ];
}
