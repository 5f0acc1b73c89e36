import type { Router, Response } from 'express';
import { AppError } from '../../../domain/errors';
import { isTerminal, type Task, type TaskSummary } from '../../../domain/task/task';
import type { ApiContext, Authenticating, Awaiting, Sourcing, SubmittingMedia, UsingTemplates } from '../../deps';
import { createRoutes } from '../../http/routes';
import { findTask, loadTask } from '../../tasks/find';
import { removeTask } from '../../tasks/remove';
import { scopeOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { sendJson, sendList, setRun } from '../../http/send';
import { providerOf } from '../submit-media';
import { sendVideo } from './content';
import { createVideo, remixVideo } from './create';
import { videoObject } from './map';
import { createPollInterval, type PollInterval } from './poll-interval';
import { listSchema } from './schema';

type Deps = Authenticating &
  Pick<ApiContext, 'logger' | 'runner'> &
  Awaiting &
  Sourcing &
  SubmittingMedia &
  UsingTemplates &
  Pick<ApiContext, 'catalogue' | 'droppedParams' | 'objects'>;

/** Routes of videos. */
export function videosRouter(context: Deps): Router {
  const routes = createRoutes(context, '/v1');
  const interval = createPollInterval();
  const send = async (response: Response, id: string): Promise<void> => {
    sendVideoObject(response, await loadTask(context, response, id), interval);
  };

  routes.post('/videos', async (request, response) => {
    await send(response, await createVideo(context, request, response));
  });
  routes.get('/videos', async (request, response) => {
    const query = parseWith(listSchema, request.query);
    const { teamId } = scopeOf(response);
    const { limit, order, after } = query;
    const page = await context.tasks.list({ teamId, endpoint: 'videos', limit, order, ...(after === undefined ? {} : { after }) });
    const videos = page.data.map((task) => videoObject(task, null));
    sendList(response, videos, ({ id }) => id, page.hasMore);
  });

  routes.get('/videos/:id', async (request, response) => {
    const { id } = await ownVideo(context, response, request.params.id);
    await send(response, id);
  });
  routes.delete('/videos/:id', async (request, response) => {
    const task = await ownVideo(context, response, request.params.id);
    await removeTask(context, task, 'video');
    setRun(response, task.id);
    sendJson(response, 200, { id: task.id, object: 'video.deleted', deleted: true });
  });

  routes.get('/videos/:id/content', async (request, response) => {
    const task = await ownVideo(context, response, request.params.id);
    setRun(response, task.id, providerOf(task));
    await sendVideo(context, request, response, task);
  });

  routes.post('/videos/:id/remix', async (request, response) => {
    await send(response, await remixVideo(context, request, response, request.params.id));
  });
  return routes.done();
}

async function ownVideo(context: Pick<ApiContext, 'tasks'>, response: Response, id: string): Promise<TaskSummary> {
  const task = await findTask(context, scopeOf(response), id);
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
