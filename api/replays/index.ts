import { createHash } from 'node:crypto';
import type { Router, Request, Response } from 'express';
import type { ApiContext, Awaiting } from '../deps';
import { parseWith } from '../http/faults';
import { idempotencyKeyOf } from '../http/request-headers';
import { originOf } from '../http/request-origin';
import { createRoutes, jsonOf, optionalBody } from '../http/routes';
import { setMade } from '../http/send';
import { answerTask, taskAnswer } from '../tasks/answer';
import type { Previewing } from '../tasks/partial';
import { sendResults } from '../tasks/bulk';
import { MAX_JSON_BYTES } from '../uploads/limits';
import { addHistories } from './history';
import { replayBody } from './schema';
import { startReplay, type ReplayDeps } from './start';

/** One route for the keys of all replays: a key that comes back for another task is another request. */
const ROUTE = 'POST /v1/tasks/{id}/replay';
const BULK_ROUTE = 'POST /v1/tasks/replay';

type Deps = ReplayDeps & Awaiting & Previewing;

/** Routes of replays and histories. */
export function replaysRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');
  addHistories(routes, context);
  routes.post('/tasks/:id/replay', optionalBody(jsonOf(MAX_JSON_BYTES)), (request, response) =>
    replayTask(context, request, response, request.params.id),
  );
  routes.post('/tasks/replay', jsonOf(MAX_JSON_BYTES), (request, response) => replayTasks(context, request, response));
  return routes.done();
}

/** POST /v1/tasks/{id}/replay */
async function replayTask(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const body = parseWith(replayBody, (request.body as unknown) ?? {});
  const origin = originOf(request, response, taskAnswer(request));
  const submitted = await startReplay(context, response, { id, body, origin, route: ROUTE, key: idempotencyKeyOf(request) });
  setMade(response, submitted);
  if (submitted.isRepeat) response.setHeader('idempotent-replayed', 'true');
  await answerTask(context, request, response, submitted.taskId, submitted.isRepeat ? 'repeated' : 'created');
}

/** POST /v1/tasks/replay: each task as it was asked for, under a key of its own made from the request's. */
async function replayTasks(context: Deps, request: Request, response: Response): Promise<void> {
  const key = idempotencyKeyOf(request);
  const whole = originOf(request, response, { status: 200 });
  // Each run is a call of its own in the log, which names calls by their requests.
  const { id: _id, ...facts } = whole.facts;
  const origin = { facts, admitted: () => whole.admitted() };
  await sendResults(context, request, response, {
    async act(id) {
      const own = key === null ? null : createHash('sha256').update(`${key}\n${id}`).digest('hex');
      return (await startReplay(context, response, { id, body: {}, origin, route: BULK_ROUTE, key: own })).taskId;
    },
  });
}
