import type { Caller } from '../../domain/access/caller';
import { AppError } from '../../domain/errors';
import type { Task } from '../../domain/task/task';
import type { ApiContext } from '../deps';

/** The caller's task; the admin key sees every team's. @throws AppError `not_found` */
export async function findTask(context: ApiContext, caller: Caller, id: string): Promise<Task> {
  const task = await context.tasks.get(id, caller.isAdmin ? null : caller.teamId);
  if (task === null) throw new AppError('not_found', `There is no task ${JSON.stringify(id.slice(0, 100))}.`);
  return task;
}
