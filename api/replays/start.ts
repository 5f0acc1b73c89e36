import type { Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../../domain/errors';
import { resumableAttempt } from '../../domain/task/replay';
import { assertReplayable } from '../../domain/task/retention';
import { isTerminal } from '../../domain/task/task';
import type { ApiContext, Presenting, Sourcing, SubmittingMedia } from '../deps';
import { callerOf } from '../http/context';
import { heldBy } from '../http/held';
import { noteBody, type RequestOrigin } from '../http/request-origin';
import { keyReused, requestHash } from '../submit/idempotency';
import type { Submitted } from '../submit/submission';
import { findTask, loadTask } from '../tasks/find';
import { hasOverrides } from './overrides';
import type { replayBody } from './schema';
import { buyAnew, takeUp } from './submit';

export type ReplayDeps = Presenting & Sourcing & SubmittingMedia & Pick<ApiContext, 'catalogue' | 'lane' | 'now'>;

/** A replay as it was asked for. */
export interface WantedReplay {
  readonly id: string;
  readonly body: z.output<typeof replayBody>;
  readonly origin: RequestOrigin;
  /** What its idempotency key is remembered by. */
  readonly route: string;
  readonly key: string | null;
}

/**
 * Starts a replay of an ended task, or finds the one that its key started before.
 * @throws AppError `not_found`, `task_not_finished`, `conflict` for one whose input is gone, and those of a submission
 */
export async function startReplay(
  context: ReplayDeps,
  response: Response,
  { id, body, origin, route, key }: WantedReplay,
): Promise<Submitted> {
  const caller = callerOf(response);
  const fingerprint = (): unknown => ({ replay_of: id, body });
  const earlier = key === null ? null : await context.tasks.findByIdempotencyKey(caller.teamId, route, key);
  if (earlier !== null && earlier.requestHash !== requestHash(fingerprint())) throw keyReused(earlier.taskId);
  if (earlier !== null) return { taskId: earlier.taskId, isRepeat: true };
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
    origin,
    parent,
    callbackUrl: body.callback_url ?? null,
    idempotency: key === null ? null : { route, key },
    fingerprint,
    keepHeld: () => heldBy(response).keep(),
  };
  return resumableAttempt(parent) !== null && !hasOverrides(body.overrides)
    ? takeUp(context, replay)
    : buyAnew(context, replay, body.overrides ?? {});
}
