import type { Response } from 'express';
import type { Scope } from '../../domain/access/permissions';
import { AppError } from '../../domain/errors';
import { assertContentsKept } from '../../domain/task/retention';
import type { Task, TaskSummary } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import { scopeOf } from '../http/context';
import { heldBy } from '../http/held';
import { setRun } from '../http/send';

/** A task within the scope, without its contents. @throws AppError `not_found` */
export async function findTask(context: Pick<ApiContext, 'tasks'>, scope: Scope, id: string): Promise<TaskSummary> {
  return (await context.tasks.find(id, scope.teamId)) ?? unknown(id);
}

/**
 * The task whose files a request asks for, by its id; the answer names it as its run.
 * @throws AppError `not_found`, also when the retention of its contents has passed
 */
export async function findTaskOfFiles(context: Pick<ApiContext, 'tasks'>, response: Response, id: string): Promise<TaskSummary> {
  const task = await findTask(context, scopeOf(response), id);
  setRun(response, id, task.attempts.at(-1)?.provider);
  assertContentsKept(task);
  return task;
}

/**
 * All of a task that the request may read. Contents of the object store count as held by the answer until it has gone out.
 * @throws AppError `not_found`, `rate_limit_exceeded`, `service_unavailable` while the object store is away
 */
export async function loadTask(context: Pick<ApiContext, 'tasks'>, response: Response, id: string): Promise<Task> {
  const task = await context.tasks.get(id, scopeOf(response).teamId, (bytes) => {
    heldBy(response).hold(bytes);
  });
  return task ?? unknown(id);
}

function unknown(id: string): never {
  throw new AppError('not_found', `There is no task ${JSON.stringify(id.slice(0, 100))}.`);
}
