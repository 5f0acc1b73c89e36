import type { Request, Response } from 'express';
import { isTerminal, type TaskSummary } from '../../domain/task/task';
import type { ApiContext, Awaiting, Presenting } from '../deps';
import { scopeOf } from '../http/context';
import { sendJson, setRun } from '../http/send';
import { findTask, loadTask } from './find';
import { presentTask } from './present';

/** Most cancels take effect within this; the answer then shows it. */
export const CANCEL_SHOWS_MS = 1_500;

type Deps = Awaiting & Presenting & Pick<ApiContext, 'logger' | 'runner'>;

/** POST /v1/tasks/{id}/cancel. Repeating it, or cancelling what has ended, changes nothing. */
export async function cancelTask(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const task = await findTask(context, scopeOf(response), id);
  setRun(response, id);
  if (!isTerminal(task.status)) {
    await requestCancel(context, task);
    await context.watcher.waitForEnd(id, { timeoutMs: CANCEL_SHOWS_MS, signal: context.closing, isUrgent: true });
  }
  sendJson(response, 200, presentTask(context, request, await loadTask(context, response, id)));
}

/** Marks the wish in the books and tells the owner workflow. */
export async function requestCancel(context: Pick<ApiContext, 'logger' | 'runner' | 'tasks'>, task: TaskSummary): Promise<void> {
  const isRunning = await context.tasks.requestCancel(task.id);
  if (!isRunning) return;
  // A media workflow has the task's id; a text task without owner is told through the change feed.
  const workflowId = task.workflowId ?? (task.type === 'text' ? null : task.id);
  if (workflowId === null) return;
  try {
    await context.runner.cancel(task.id, workflowId);
  } catch (error) {
    context.logger.warn({ err: error, task_id: task.id }, 'The workflow could not be notified of a cancel; it will see it by polling.');
  }
}
