import type { Response } from 'express';
import { AppError } from '../../../domain/errors';
import { isTerminal, type TaskSummary } from '../../../domain/task/task';
import type { EndedMedia } from '../../../domain/runner';
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

/** Images that are there. */
export interface FinishedImages {
  readonly task: TaskSummary;
  /** Bytes of its outputs, in order, where they are in hand; the others are in the object store. */
  readonly contents: readonly (Uint8Array | null)[];
}

type Deps = Awaiting & Pick<ApiContext, 'mediaLane'>;

/**
 * Waits for the task to end, at most the total timeout of its model, and names its provider in the answer's headers.
 * @returns null when the client has gone
 * @throws AppError of a task that failed; `provider_timeout` when it runs on; `service_unavailable` when the api shuts down
 */
export async function finishedTask(context: Deps, response: Response, taskId: string, timeoutMs: number): Promise<FinishedImages | null> {
  const signal = whileListened(context, response);
  const beganMs = performance.now();
  const here = await endedHere(context, taskId, { timeoutMs, signal });
  const leftMs = Math.max(0, timeoutMs - (performance.now() - beganMs));
  const hasEnded = here !== null || (await context.watcher.waitForEnd(taskId, { timeoutMs: leftMs, signal }));
  if (response.destroyed) return null;
  const { task, contents } = here ?? { task: await findTask(context, scopeOf(response), taskId), contents: [] };
  if (!response.headersSent) setRun(response, taskId, providerOf(task));
  if (!hasEnded && !isTerminal(task.status)) throw stillRunning(context, taskId);
  if (task.status !== 'succeeded') throw errorOfEnd(task);
  return { task, contents };
}

/** The end of a task whose first attempt this process makes; null: its rows tell how it goes on. */
async function endedHere(
  { mediaLane }: Pick<ApiContext, 'mediaLane'>,
  taskId: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<EndedMedia | null> {
  const ended = mediaLane.take(taskId);
  if (ended === null || signal.aborted) return null;
  const over = new AbortController();
  const end = (): void => over.abort();
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end);
  try {
    return await Promise.race([ended, new Promise<null>((resolve) => over.signal.addEventListener('abort', () => resolve(null)))]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
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
