import type { Response } from 'express';
import { AppError } from '../../domain/errors';
import type { TextEnd } from '../../domain/runner';
import type { Admission } from '../../domain/task/store';
import { isTerminal } from '../../domain/task/task';
import type { ApiContext, Awaiting } from '../deps';
import { errorOfTask } from '../errors';
import { callerOf } from '../http/context';
import { sendJson, setRun } from '../http/send';

/** Longest wait for a earlier that is still running. */
const TWIN_WAIT_MS = 15 * 60_000;

/** Runs an admitted text task and resolves with its end; a client that goes away meanwhile ends the call. */
export function runToEnd(context: Pick<ApiContext, 'lane' | 'watcher'>, response: Response, admission: Admission): Promise<TextEnd> {
  return new Promise((resolve) => {
    let isEnded = false;
    response.on('close', () => {
      if (!isEnded) context.lane.abandon(admission.task.id);
    });
    context.lane.run(admission, {
      stream: false,
      listener(event) {
        if (event.kind !== 'ended') return;
        isEnded = true;
        context.watcher.look(admission.task.id);
        resolve(event.task);
      },
    });
  });
}

/** Answers with the body of an ended task. @throws the task's error when it failed */
export function sendEnd(response: Response, taskId: string, end: TextEnd): void {
  setRun(response, taskId, end.provider);
  if (end.status !== 'succeeded' || end.body === null) throw errorOfTask(end.error, taskId);
  sendJson(response, 200, end.body);
}

/**
 * Waits for the earlier task that a request repeats, marks the answer as replayed, and gives that task's end.
 * Null: the client went away meanwhile.
 * @throws AppError `conflict` when it takes longer than 15 minutes, `not_found` when the stored answer is gone
 */
export async function endOfEarlier(context: Awaiting, response: Response, taskId: string): Promise<TextEnd | null> {
  setRun(response, taskId);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  await context.watcher.waitForEnd(taskId, {
    timeoutMs: TWIN_WAIT_MS,
    signal: AbortSignal.any([gone.signal, context.closing]),
    isUrgent: true,
  });
  if (gone.signal.aborted) return null;
  const task = await context.tasks.findAnswered(taskId, callerOf(response).teamId);
  if (task === null) throw new AppError('not_found', `The task ${taskId} of this Idempotency-Key is no longer kept.`, { taskId });
  if (!isTerminal(task.status)) {
    throw new AppError(
      'conflict',
      `The first request with this Idempotency-Key (${taskId}) is still running. Look at GET /v1/tasks/${taskId}.`,
      {
        taskId,
      },
    );
  }
  if (task.status === 'succeeded' && task.textResult === null) {
    throw new AppError('not_found', `The answer of ${taskId} is no longer kept.`, { taskId });
  }
  if (!response.headersSent) response.setHeader('idempotent-replayed', 'true');
  const provider = task.attempts.at(-1)?.provider ?? null;
  return { status: task.status, body: task.textResult?.body ?? null, error: task.error, provider };
}
