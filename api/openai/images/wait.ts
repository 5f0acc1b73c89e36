import type { Response } from 'express';
import { AppError } from '../../../domain/errors';
import { isTerminal, type TaskSummary } from '../../../domain/task/task';
import type { ApiContext, Awaiting } from '../../deps';
import { scopeOf } from '../../http/context';
import { findTask } from '../../tasks/find';
import { errorOfTask } from '../../errors';
import { setRun } from '../../http/send';
import { providerOf } from '../submit-media';

/** Aborts when the client has gone or the api shuts down. The task goes on all the same: it is paid work. */
export function whileListened(context: Pick<ApiContext, 'closing'>, response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, context.closing]);
}

/**
 * Waits for the task to end, at most the total timeout of its model, and names its provider in the answer's headers.
 * @returns null when the client has gone
 * @throws AppError of a task that failed; `provider_timeout` when it runs on; `service_unavailable` when the api shuts down
 */
export async function finishedTask(context: Awaiting, response: Response, taskId: string, timeoutMs: number): Promise<TaskSummary | null> {
  const hasEnded = await context.watcher.waitForEnd(taskId, { timeoutMs, signal: whileListened(context, response) });
  if (response.destroyed) return null;
  const task = await findTask(context, scopeOf(response), taskId);
  if (!response.headersSent) setRun(response, taskId, providerOf(task));
  if (!hasEnded && !isTerminal(task.status)) throw stillRunning(context, taskId);
  if (task.status !== 'succeeded') throw errorOfEnd(task);
  return task;
}

function stillRunning(context: Pick<ApiContext, 'closing'>, taskId: string): AppError {
  const code = context.closing.aborted ? 'service_unavailable' : 'provider_timeout';
  return new AppError(code, `The generation is still running and continues. Its result will be at GET /v1/tasks/${taskId}.`, { taskId });
}

/** The error of a task that ended without a result. */
export function errorOfEnd(task: TaskSummary): AppError {
  if (task.error === null && task.status === 'cancelled') {
    return new AppError('cancelled', 'The generation was cancelled.', { taskId: task.id });
  }
  return errorOfTask(task.error, task.id);
}
