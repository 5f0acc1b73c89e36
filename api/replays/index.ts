import type { Router, Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { resumableAttempt } from '../../domain/task/replay';
import { assertReplayable } from '../../domain/task/retention';
import { isTerminal } from '../../domain/task/task';
import type { ApiContext, Awaiting, Sourcing, SubmittingMedia } from '../deps';
import { callerOf } from '../http/context';
import { parseWith } from '../http/faults';
import { heldBy } from '../http/held';
import { idempotencyKeyOf } from '../http/request-headers';
import { noteBody, originOf } from '../http/request-origin';
import { createRoutes, jsonOf, optionalBody } from '../http/routes';
import { setMade } from '../http/send';
import { keyReused, requestHash } from '../submit/idempotency';
import { answerTask, taskAnswer } from '../tasks/answer';
import { findTask, loadTask } from '../tasks/find';
import { MAX_JSON_BYTES } from '../uploads/limits';
import { addHistories } from './history';
import { hasOverrides } from './overrides';
import { replayBody } from './schema';
import { buyAnew, takeUp } from './submit';

/** One route for the keys of all replays: a key that comes back for another task is another request. */
const ROUTE = 'POST /v1/tasks/{id}/replay';

/** Routes of replays and histories. */
export function replaysRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');
  addHistories(routes, context);
  routes.post('/tasks/:id/replay', optionalBody(jsonOf(MAX_JSON_BYTES)), (request, response) =>
    replayTask(context, request, response, request.params.id),
  );
  return routes.done();
}

type Deps = Awaiting & Sourcing & SubmittingMedia & Pick<ApiContext, 'catalogue' | 'lane' | 'now'>;

async function replayTask(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const caller = callerOf(response);
  const body = parseWith(replayBody, (request.body as unknown) ?? {});
  const key = idempotencyKeyOf(request);
  const fingerprint = (): unknown => ({ replay_of: id, body });
  const earlier = key === null ? null : await context.tasks.findByIdempotencyKey(caller.teamId, ROUTE, key);
  if (earlier !== null && earlier.requestHash !== requestHash(fingerprint())) throw keyReused(earlier.taskId);

  const submitted = earlier === null ? await start() : { taskId: earlier.taskId, isRepeat: true };
  const { taskId, isRepeat } = submitted;
  setMade(response, submitted);
  if (isRepeat) response.setHeader('idempotent-replayed', 'true');
  await answerTask(context, request, response, taskId, isRepeat ? 'repeated' : 'created');

  async function start() {
    const found = await findTask(context, caller, id);
    noteBody(response, { model: found.model });
    if (!isTerminal(found.status)) {
      throw new AppError(
        'task_not_finished',
        `The task ${id} is ${found.status}. Only a task that has ended can be replayed; wait for its end, or cancel it first.`,
        { taskId: id },
      );
    }
    assertReplayable(found);
    const parent = await loadTask(context, response, id);
    const replay = {
      caller,
      origin: originOf(request, response, taskAnswer(request)),
      parent,
      callbackUrl: body.callback_url ?? null,
      idempotency: key === null ? null : { route: ROUTE, key },
      fingerprint,
      keepHeld: () => heldBy(response).keep(),
    };
    return resumableAttempt(parent) !== null && !hasOverrides(body.overrides)
      ? takeUp(context, replay)
      : buyAnew(context, replay, body.overrides ?? {});
  }
}
