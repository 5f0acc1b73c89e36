import express, { type Request, type RequestHandler, type Router } from 'express';
import { AppError, isAppError } from '../../domain/errors';
import { isCallbackAddress } from '../../domain/provider/callback-address';
import { mayRunOn } from '../../domain/task/replay';
import { isTerminal, type TaskSummary } from '../../domain/task/task';
import type { ApiContext, Authenticating } from '../deps';
import { createRoutes } from '../http/routes';
import { sendJson } from '../http/send';

/** Providers send their whole result, links and all; images in base64 are not expected here. */
const MAX_BODY_BYTES = 1024 * 1024;

type Deps = Pick<ApiContext, 'catalogue' | 'logger' | 'now' | 'providerCallbacks' | 'providers' | 'runner' | 'tasks'>;

/**
 * Where providers tell that a job has moved. What they say is not believed: the job is looked at, now instead of at the next poll. The
 * address is the only key, see `pathOfCallback`.
 */
export function providerCallbacksRouter(context: Authenticating & Deps): Router {
  const routes = createRoutes(context, '/v1');
  const raw = express.raw({ type: () => true, limit: MAX_BODY_BYTES });
  routes.post('/provider_callbacks/:taskId/:n/:signature', { then: [checked(context), raw] }, async (request, response) => {
    const task = await context.tasks.find(request.params.taskId, null);
    const attempt = task?.attempts.find(({ n }) => n === Number(request.params.n));
    if (task === null || attempt === undefined) throw unknownAddress();
    if ((isTerminal(task.status) || attempt.endedAt !== null) && !mayRunOn(task, attempt)) {
      // A repeat, or one that came late: nothing is left to do, and nothing to send again.
      sendJson(response, 200, { received: true });
      return;
    }
    const answer = await read(context, attempt, request);
    if (answer === null) await wake(context, task);
    sendJson(response, 200, answer ?? { received: true });
  });
  return routes.done();
}

function checked({ providerCallbacks }: Pick<Deps, 'providerCallbacks'>): RequestHandler {
  return (request, _response, next) => {
    const { taskId = '', n, signature = '' } = request.params as Readonly<Record<string, string>>;
    if (!isCallbackAddress(providerCallbacks, { taskId, n: Number(n) }, signature)) throw unknownAddress();
    next();
  };
}

function unknownAddress(): AppError {
  return new AppError('not_found', 'This is not the address of a job.');
}

/** What the provider wants back; null: look at the job. @throws AppError `invalid_link` when its signature is wrong */
async function read(
  { catalogue, now, providers }: Deps,
  attempt: TaskSummary['attempts'][number],
  request: Request,
): Promise<Readonly<Record<string, unknown>> | null> {
  const provider = catalogue.current().providers.get(attempt.provider);
  if (provider === undefined) return null;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const reading = await providers(provider, attempt.key).media?.readCallback?.({ headers: request.headers, body, receivedAt: now() });
  if (reading?.kind === 'refused') throw new AppError('invalid_link', `The callback was refused: ${reading.reason}`);
  return reading?.kind === 'answer' ? reading.json : null;
}

/** A hint that cannot be passed on is lost: the next poll sees what it told of. */
async function wake({ logger, runner }: Deps, task: TaskSummary): Promise<void> {
  try {
    await (isTerminal(task.status) ? runner.lateJobMoved(task.id) : runner.jobMoved(task.workflowId ?? task.id));
  } catch (error) {
    if (!isAppError(error)) throw error;
    logger.warn({ err: error, task_id: task.id }, 'a hint of a provider could not be passed on; the job is polled all the same');
  }
}
