import type { Request, Response } from 'express';
import { isTerminal, type Task, type TaskSummary } from '../../domain/task/task';
import type { Awaiting, Presenting } from '../deps';
import { withPreview, type Previewing } from './partial';
import { answerWaited, type Standing } from '../http/answer-waited';
import { preferredWaitS } from '../http/request-headers';
import { scopeOf } from '../http/context';
import { setRun } from '../http/send';
import { findTask, loadTask } from './find';
import { etagOf, pollAfterMs, presentTask } from './present';

/** Answers with a task, which is at rest when it has ended. */
export function answerTask(
  context: Awaiting & Presenting & Previewing,
  request: Request,
  response: Response,
  id: string,
  standing: Standing,
): Promise<void> {
  const scope = scopeOf(response);
  return answerWaited(context, request, response, standing, {
    async find() {
      const task = await findTask(context, scope, id);
      setRun(response, id, task.attempts.at(-1)?.provider);
      return task;
    },
    load: async () => withPreview(context, await withPlace(context, await loadTask(context, response, id))),
    isAtRest: ({ status }) => isTerminal(status),
    waitForEnd: (options) => context.watcher.waitForEnd(id, options),
    etagOf: (task) => etagOf(context, task),
    headersOf: pollHeaders,
    present: (task) => presentTask(context, request, task),
  });
}

/** A purchase that waits for its provider says where. */
async function withPlace({ tasks }: Pick<Awaiting, 'tasks'>, task: Task): Promise<Task> {
  if (task.type === 'text' || task.phase !== 'waiting_capacity' || isTerminal(task.status)) return task;
  const queue = await tasks.queuePlace(task.id);
  return queue === null ? task : { ...task, queue };
}

/** How a request that makes a task is answered, for the call log. */
export function taskAnswer(request: Request): { readonly status: number; readonly waitMs?: number } {
  const waitS = preferredWaitS(request);
  return { status: 202, ...(waitS === null ? {} : { waitMs: waitS * 1_000 }) };
}

function pollHeaders(task: TaskSummary): Record<string, string> {
  const afterMs = pollAfterMs(task);
  if (afterMs === null) return {};
  return { 'retry-after': String(Math.ceil(afterMs / 1_000)), 'openai-poll-after-ms': String(afterMs) };
}
