import { setTimeout } from 'node:timers/promises';
import type { Response } from 'express';
import { z } from 'zod';
import { mayDo } from '../../domain/access/permissions';
import { AppError, toAppError } from '../../domain/errors';
import type { HistoryJson, WorkflowRun } from '../../domain/task/history';
import { maskOtherTasks } from '../../domain/task/history-json';
import type { TaskSummary } from '../../domain/task/task';
import { timelineObject, timelineOf } from '../../domain/task/timeline';
import type { ApiContext } from '../deps';
import { principalOf, scopeOf } from '../http/context';
import { parseWith } from '../http/faults';
import type { Routes } from '../http/routes';
import { sendJson, setRun } from '../http/send';
import { findTask } from '../tasks/find';

/** Query of `GET /v1/tasks/{id}/history`. */
export const historyQuery = z.strictObject({
  format: z
    .enum(['timeline', 'temporal'])
    .default('timeline')
    .describe("`temporal`: the history itself in Temporal's JSON, for replaying."),
});

/** Query of `GET /v1/runs/failed`. */
export const failedRunsQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^([1-9]\d{0,2}|1000)$/, 'must be a whole number from 1 to 1000')
    .transform(Number)
    .default(100),
  after: z.string().min(1).max(64).optional(),
});

type SendHistoryDeps = Pick<ApiContext, 'histories' | 'historySource' | 'objects' | 'tasks'>;

/** Routes of histories. The admin key sees those of every team. */
export function addHistories(routes: Routes<'/v1'>, context: SendHistoryDeps): void {
  routes.get('/tasks/:id/history', (request, response) => {
    const { format } = parseWith(historyQuery, request.query);
    return sendHistory(context, response, request.params.id, format);
  });
  routes.get('/runs/failed', async (request, response) => {
    const { limit, after } = parseWith(failedRunsQuery, request.query);
    const page = await context.histories.listFailed({
      teamId: scopeOf(response).teamId,
      limit,
      ...(after === undefined ? {} : { after }),
    });
    sendJson(response, 200, {
      object: 'list',
      data: page.data.map((run) => ({ task_id: run.taskId, workflow_id: run.workflowId })),
      last_id: page.data.at(-1)?.taskId ?? null,
      has_more: page.hasMore,
    });
  });
}

async function sendHistory(context: SendHistoryDeps, response: Response, id: string, format: 'timeline' | 'temporal'): Promise<void> {
  const scope = scopeOf(response);
  const task = await findTask(context, scope, id);
  setRun(response, id);
  const { run, source, history } = await findHistory(context, task);
  const facts = { task_id: id, workflow_id: run.workflowId, workflow_type: run.workflowType, run_id: run.runId, source };
  if (format === 'temporal') {
    sendJson(response, 200, {
      ...facts,
      history: mayDo(principalOf(response), 'history.readWhole') ? history : maskOtherTasks(history, id),
    });
    return;
  }
  const events = timelineOf(task, history).map(timelineObject);
  sendJson(response, 200, { ...facts, events });
}

interface FoundHistory {
  readonly run: WorkflowRun;
  readonly source: 'temporal' | 'archive';
  readonly history: HistoryJson;
}

/** Tasks that are admitted within a second share a workflow, which begins after it. */
const BEGINS_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 200;

/** The run of a workflow. Of a task that was admitted just now it is waited for: its group may have yet to begin. */
async function lookSoon(
  { historySource }: Pick<ApiContext, 'historySource'>,
  { createdAt }: TaskSummary,
  workflowId: string,
): Promise<WorkflowRun | null> {
  for (;;) {
    const run = await historySource.look(workflowId);
    if (run !== null || Date.now() - createdAt.getTime() > BEGINS_WITHIN_MS) return run;
    await setTimeout(LOOK_EVERY_MS);
  }
}

/** From Temporal while it has it, else from the archive. @throws AppError `not_found` that says why there is none */
export async function findHistory(
  context: Pick<ApiContext, 'histories' | 'historySource' | 'objects'>,
  task: TaskSummary,
): Promise<FoundHistory> {
  const workflowId = task.workflowId ?? (task.type === 'text' ? null : task.id);
  if (task.workflowId === null && task.error?.code === 'insufficient_quota') {
    throw new AppError(
      'not_found',
      `The task ${task.id} has no history: it was refused for its quota (insufficient_quota), so no workflow was ever started for it.`,
      { taskId: task.id },
    );
  }
  let absence: AppError | null = null;
  try {
    const run = workflowId === null ? null : await lookSoon(context, task, workflowId);
    const history = run === null ? null : await context.historySource.read(run);
    if (run !== null && history !== null) return { run, source: 'temporal', history };
  } catch (error) {
    absence = new AppError(
      'service_unavailable',
      'Temporal, which holds the history, is not responding.',
      { taskId: task.id },
      toAppError(error),
    );
  }
  const kept = await context.histories.get(task.id);
  if (kept !== null) {
    const history = JSON.parse(Buffer.from(await context.objects.read(kept.key)).toString('utf8')) as HistoryJson;
    return { run: kept, source: 'archive', history };
  }
  throw (
    absence ??
    new AppError(
      'not_found',
      `The task ${task.id} has no history: Temporal does not know its workflow (any more), and only histories of failed runs are archived.`,
      { taskId: task.id },
    )
  );
}
