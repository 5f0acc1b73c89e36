import type { Request } from 'express';
import { LINK_LIFE_S, signLinks } from '../../domain/task/asset-links';
import { isTerminal, type Task, type TaskSummary } from '../../domain/task/task';
import { taskObject, taskSummaryObject, type TaskObject, type TaskSummaryObject } from '../../domain/task/object';
import type { ApiContext, Presenting } from '../deps';
import { baseUrlOf } from '../http/request-headers';

/** Tasks of a list as JSON, with links to their outputs that are signed now and work for an hour. */
export function presentTasks(context: Presenting, request: Request, tasks: readonly TaskSummary[]): TaskSummaryObject[] {
  const options = optionsOf(context, request, tasks);
  return tasks.map((task) => taskSummaryObject(task, options));
}

/** One task as JSON, with its contents. */
export function presentTask(context: Presenting, request: Request, task: Task): TaskObject {
  return taskObject(task, optionsOf(context, request, [task]));
}

function optionsOf(context: Presenting, request: Request, tasks: readonly TaskSummary[]) {
  const outputs = tasks.flatMap((task) => task.outputs);
  const baseUrl = baseUrlOf(context.settings, request);
  return { baseUrl, links: signLinks(context.links, outputs, { baseUrl, now: context.now() }) };
}

/** Changes with the task, and every hour when it has outputs, since their links end. */
export function etagOf(context: Pick<ApiContext, 'now'>, task: TaskSummary): string {
  const hour = Math.floor(context.now().getTime() / (LINK_LIFE_S * 1_000));
  return task.outputs.length === 0 ? `"${task.version}"` : `"${task.version}.${hour}"`;
}

/** When a client should look again, in milliseconds; null once the task has ended. */
export function pollAfterMs(task: TaskSummary): number | null {
  if (isTerminal(task.status)) return null;
  return task.type === 'video' ? 5_000 : 1_000;
}
