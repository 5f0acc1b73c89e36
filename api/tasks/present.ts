import type { Request } from 'express';
import { LINK_LIFE_S, signLinks } from '../../domain/task/asset-links';
import { isTerminal, type Task } from '../../domain/task/task';
import { taskObject, type TaskObject } from '../../domain/task/object';
import type { ApiContext } from '../deps';
import { baseUrlOf } from '../http/base-url';

/** Tasks as JSON, with links to their outputs that are signed now and work for an hour. */
export async function presentTasks(context: ApiContext, request: Request, tasks: readonly Task[]): Promise<readonly TaskObject[]> {
  const baseUrl = baseUrlOf(context.settings, request);
  const links = await signLinks(
    context.objects,
    tasks.flatMap(({ outputs }) => outputs),
    context.now(),
  );
  return tasks.map((task) => taskObject(task, { baseUrl, links }));
}

/** One task as JSON. */
export async function presentTask(context: ApiContext, request: Request, task: Task): Promise<TaskObject> {
  const [object] = await presentTasks(context, request, [task]);
  return object ?? taskObject(task, { baseUrl: baseUrlOf(context.settings, request), links: new Map() });
}

/** Changes with the task, and every hour when it has outputs, since their links end. */
export function etagOf(context: ApiContext, task: Task): string {
  const hour = Math.floor(context.now().getTime() / (LINK_LIFE_S * 1_000));
  return task.outputs.length === 0 ? `"${task.version}"` : `"${task.version}.${hour}"`;
}

/** When a client should look again, in milliseconds; null once the task has ended. */
export function pollAfterMs(task: Task): number | null {
  if (isTerminal(task.status)) return null;
  return task.type === 'video' ? 5_000 : 1_000;
}
