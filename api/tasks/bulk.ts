import type { Request, Response } from 'express';
import { toAppError, type AppError } from '../../domain/errors';
import { isTerminal } from '../../domain/task/task';
import type { ApiContext, Awaiting, Presenting } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson } from '../http/send';
import { bulkBody } from './bulk-schema';
import { CANCEL_SHOWS_MS, requestCancel } from './cancel';
import { findTask } from './find';
import { presentTasks } from './present';

type Deps = Awaiting & Presenting & Pick<ApiContext, 'logger' | 'runner'>;

/** POST /v1/tasks/cancel: of each task its state, or why it could not be cancelled. What has ended stays as it is. */
export async function cancelTasks(context: Deps, request: Request, response: Response): Promise<void> {
  const scope = scopeOf(response);
  await sendResults(context, request, response, {
    async act(id) {
      const task = await findTask(context, scope, id);
      if (!isTerminal(task.status)) await requestCancel(context, task);
      return id;
    },
    // Most cancels take effect within a moment; the answer then shows it.
    async then(ids) {
      const options = { timeoutMs: CANCEL_SHOWS_MS, signal: context.closing, isUrgent: true };
      await Promise.all(ids.map((id) => context.watcher.waitForEnd(id, options)));
    },
  });
}

interface Act {
  /** Answers the id of the task to show. */
  readonly act: (id: string) => Promise<string>;
  /** Before the tasks are shown. */
  readonly then?: (ids: readonly string[]) => Promise<void>;
}

/** Acts on each of the ids in turn and answers what became of it: one that fails stops no other. */
export async function sendResults(
  context: Presenting & Pick<ApiContext, 'logger' | 'tasks'>,
  request: Request,
  response: Response,
  { act, then }: Act,
): Promise<void> {
  const { ids } = parseWith(bulkBody, request.body);
  const results = new Map<string, string | AppError>();
  for (const id of ids) results.set(id, await act(id).catch(failed));
  const acted = [...results.values()].filter((result) => typeof result === 'string');
  await then?.(acted);
  const tasks = await context.tasks.findMany(acted);
  const shown = new Map(presentTasks(context, request, tasks).map((task) => [task.id, task]));
  const data = ids.map((id) => {
    const result = results.get(id);
    const task = typeof result === 'string' ? (shown.get(result) ?? null) : null;
    return { id, task, error: typeof result === 'object' ? { code: result.code, message: result.message } : null };
  });
  sendJson(response, 200, { object: 'list', data });

  function failed(error: unknown): AppError {
    const told = toAppError(error);
    if (told.code === 'internal') context.logger.error({ err: error }, 'A task of several could not be acted on.');
    return told;
  }
}
