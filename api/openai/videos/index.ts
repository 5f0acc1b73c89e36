import { Router, type Response } from 'express';
import { AppError } from '../../../domain/errors';
import { isTerminal, type Task, type TaskSummary } from '../../../domain/task/task';
import type { ApiContext, Authenticating, Awaiting, Sourcing, SubmittingMedia } from '../../deps';
import { findTask, loadTask } from '../../tasks/find';
import { removeTask } from '../../tasks/remove';
import { scopeOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { allowOnly } from '../../http/methods';
import { sendJson, setRun } from '../../http/send';
import { authenticate } from '../../middleware/authenticate';
import { providerOf } from '../submit-media';
import { sendVideo } from './content';
import { createVideo, remixVideo } from './create';
import { videoObject } from './map';
import { createPollInterval, type PollInterval } from './poll-interval';
import { listSchema } from './schema';

type Deps = Authenticating & Awaiting & Sourcing & SubmittingMedia & Pick<ApiContext, 'catalogue' | 'droppedParams' | 'objects'>;

/** Routes of videos. */
export function videosRouter(context: Deps): Router {
  const router = Router();
  const authenticated = authenticate(context);
  const interval = createPollInterval();
  const send = async (response: Response, id: string): Promise<void> => {
    sendVideoObject(response, await loadTask(context, response, id), interval);
  };

  router.post('/videos', authenticated, async (request, response) => {
    await send(response, await createVideo(context, request, response));
  });
  router.get('/videos', authenticated, async (request, response) => {
    const query = parseWith(listSchema, request.query);
    const { teamId } = scopeOf(response, 'generation.read');
    const { limit, order, after } = query;
    const page = await context.tasks.list({ teamId, endpoint: 'videos', limit, order, ...(after === undefined ? {} : { after }) });
    sendJson(response, 200, {
      object: 'list',
      data: page.data.map((task) => videoObject(task, null)),
      first_id: page.data[0]?.id ?? null,
      last_id: page.data.at(-1)?.id ?? null,
      has_more: page.hasMore,
    });
  });
  router.all('/videos', allowOnly('GET', 'POST'));

  router.get<{ id: string }>('/videos/:id', authenticated, async (request, response) => {
    const { id } = await ownVideo(context, response, request.params.id);
    await send(response, id);
  });
  router.delete<{ id: string }>('/videos/:id', authenticated, async (request, response) => {
    const task = await ownVideo(context, response, request.params.id);
    await removeTask(context, task, 'video');
    setRun(response, task.id);
    sendJson(response, 200, { id: task.id, object: 'video.deleted', deleted: true });
  });
  router.all('/videos/:id', allowOnly('GET', 'DELETE'));

  router.get<{ id: string }>('/videos/:id/content', authenticated, async (request, response) => {
    const task = await ownVideo(context, response, request.params.id);
    setRun(response, task.id, providerOf(task));
    await sendVideo(context, request, response, task);
  });
  router.all('/videos/:id/content', allowOnly('GET', 'HEAD'));

  router.post<{ id: string }>('/videos/:id/remix', authenticated, async (request, response) => {
    await send(response, await remixVideo(context, request, response, request.params.id));
  });
  router.all('/videos/:id/remix', allowOnly('POST'));
  return router;
}

async function ownVideo(context: Pick<ApiContext, 'tasks'>, response: Response, id: string): Promise<TaskSummary> {
  const task = await findTask(context, scopeOf(response, 'generation.read'), id);
  if (task.operation !== 'video') throw new AppError('not_found', `There is no video ${JSON.stringify(id.slice(0, 100))} here.`);
  return task;
}

function sendVideoObject(response: Response, task: Task, interval: PollInterval): void {
  interval.learn(task);
  setRun(response, task.id, providerOf(task));
  if (!isTerminal(task.status)) {
    const pollAfterMs = interval.of(task.model);
    // SDK pollers take the first value for their whole loop: a bare whole number.
    response.setHeader('openai-poll-after-ms', String(pollAfterMs));
    response.setHeader('retry-after', String(Math.ceil(pollAfterMs / 1_000)));
  }
  sendJson(response, 200, videoObject(task, task.input.operation === 'video' ? task.input.prompt : ''));
}
