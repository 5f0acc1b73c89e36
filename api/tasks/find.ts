import type { Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { Task, TaskSummary } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import { callerOf } from '../http/context';
import { heldBy } from '../http/held';

/** The caller's task without its contents; the admin key sees every team's. @throws AppError `not_found` */
export async function findTask(context: Pick<ApiContext, 'tasks'>, caller: Caller, id: string): Promise<TaskSummary> {
  return (await context.tasks.find(id, teamOf(caller))) ?? unknown(id);
}

/**
 * All of the caller's task. Contents of the object store count as held by the answer until it has gone out.
 * @throws AppError `not_found`, `rate_limit_exceeded`, `service_unavailable` while the object store is away
 */
export async function loadTask(context: Pick<ApiContext, 'tasks'>, response: Response, id: string): Promise<Task> {
  const task = await context.tasks.get(id, teamOf(callerOf(response)), (bytes) => {
    heldBy(response).hold(bytes);
  });
  return task ?? unknown(id);
}

function teamOf(caller: Caller): number | null {
  return caller.isAdmin ? null : caller.teamId;
}

function unknown(id: string): never {
  throw new AppError('not_found', `There is no task ${JSON.stringify(id.slice(0, 100))}.`);
}
