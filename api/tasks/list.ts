import type { Request, Response } from 'express';
import { csv } from '../../domain/csv';
import { TASK_STATUSES } from '../../domain/task/task';
import type { TaskFilter } from '../../domain/task/choice';
import type { ApiContext, Presenting } from '../deps';
import { scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import { sendJson, sendList } from '../http/send';
import { sendPages } from '../http/send-pages';
import { catchUpFor, choiceOf, gatherMetadata } from './choice';
import { TASK_COLUMNS, taskCells } from './csv';
import { findTask } from './find';
import { taskCountsQuery, taskListQuery } from './list-schema';
import { presentTasks } from './present';

/** Tasks that a CSV file is written from at once. */
const CSV_PAGE = 200;

type Deps = Presenting & Pick<ApiContext, 'calls' | 'tasks'>;

/** GET /v1/tasks */
export async function listTasks(context: Deps, request: Request, response: Response): Promise<void> {
  const { fields, format, limit, after, order, ...query } = parseWith(taskListQuery, gatherMetadata(request.query));
  const scope = scopeOf(response);
  if (after !== undefined) await findTask(context, scope, after);
  const filter = { ...choiceOf(query, scope.teamId), ...(after === undefined ? {} : { after }), order, limit };
  await catchUpFor(context, filter);
  if (format === 'csv') {
    await sendPages(response, { name: 'tasks', format }, pagesOf(context, filter));
    return;
  }
  const page = await context.tasks.list(filter);
  const rows = presentTasks(context, request, page.data);
  const prompts = fields?.includes('prompt') === true ? await context.tasks.prompts(page.data.map(({ id }) => id)) : undefined;
  const light =
    fields === undefined
      ? rows
      : rows.map((row) => {
          const whole: Readonly<Record<string, unknown>> = { ...row, prompt: prompts?.get(row.id) ?? null };
          return { id: row.id, ...Object.fromEntries(fields.map((field) => [field, whole[field]])) };
        });
  sendList(response, light, ({ id }) => id, page.hasMore);
}

/** GET /v1/tasks/counts */
export async function countTasks(context: Deps, request: Request, response: Response): Promise<void> {
  const choice = choiceOf(parseWith(taskCountsQuery, gatherMetadata(request.query)), scopeOf(response).teamId);
  await context.calls.catchUp();
  const { byStatus, isComplete } = await context.tasks.count(choice);
  const counts = Object.fromEntries(TASK_STATUSES.map((status) => [status, byStatus.get(status) ?? 0]));
  const total = [...byStatus.values()].reduce((sum, count) => sum + count, 0);
  sendJson(response, 200, { object: 'task.counts', counts: { total, ...counts }, is_complete: isComplete });
}

/** The file, a page of tasks at a time: what was read before is with the client, or waits no longer than its connection lets it. */
async function* pagesOf({ tasks }: Pick<ApiContext, 'tasks'>, filter: TaskFilter): AsyncGenerator<string> {
  yield csv([TASK_COLUMNS]);
  let after = filter.after;
  for (;;) {
    const { data, hasMore } = await tasks.list({ ...filter, limit: CSV_PAGE, ...(after === undefined ? {} : { after }) });
    const prompts = await tasks.prompts(data.map(({ id }) => id));
    if (data.length > 0) yield csv(data.map((task) => taskCells(task, prompts.get(task.id) ?? null)));
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return;
  }
}
