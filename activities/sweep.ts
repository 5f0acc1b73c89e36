import { AppError } from '../domain/errors';
import type { Logger } from '../domain/log';
import type { CampaignWork } from '../domain/campaign/campaign';
import type { BackgroundRunner, TaskRunner, TextOwners } from '../domain/runner';
import type { TaskStore } from '../domain/task/store';
import { isTerminal, type TaskSummary } from '../domain/task/task';
import { taskErrorOf } from '../domain/task/error';

export interface SweepDeps {
  readonly tasks: TaskStore;
  readonly campaigns: Pick<CampaignWork, 'findActive'>;
  readonly runner: TaskRunner & TextOwners & Pick<BackgroundRunner, 'wakeCampaign'>;
  /** @throws when Temporal does not answer */
  readonly workflowState: (workflowId: string) => Promise<'running' | 'closed' | 'gone'>;
  readonly workflowIdOf: (firstTaskId: string) => string;
  readonly logger: Logger;
}

/** Tasks whose process had this long to give them an owner. */
const UNOWNED_AFTER_MS = 10_000;
const STALE_AFTER_MS = 30_000;
/** A campaign that runs is looked at every few seconds. */
const UNSEEN_AFTER_MS = 20_000;
const BATCH = 200;

/**
 * Finds what crashes left behind: tasks without an owner get one; open tasks whose workflow has ended or is unknown are given a
 * new one, or are ended; running campaigns that nobody looks after are woken. Repeating is harmless; several at once too.
 */
export async function sweep(deps: SweepDeps): Promise<void> {
  const unowned = await deps.tasks.findUnowned(UNOWNED_AFTER_MS, BATCH);
  const texts = unowned.filter((task) => task.operation === 'chat' || task.operation === 'embedding').map((task) => task.id);
  const first = texts[0];
  // An id of its own: the group that these were meant for may have run without them.
  if (first !== undefined) await deps.runner.startGroup(`${deps.workflowIdOf(first)}-swept-${String(Date.now())}`, texts);
  const stale = await deps.tasks.findStale(STALE_AFTER_MS, BATCH);
  for (const task of await deps.tasks.findMany(unowned.filter((entry) => !texts.includes(entry.id)).map((entry) => entry.id))) {
    await startMedia(deps, task);
  }
  for (const { id, workflowId } of stale) {
    const state = await deps.workflowState(workflowId);
    if (state !== 'running') await takeUp(deps, id, state);
  }
  for (const id of await deps.campaigns.findActive(UNSEEN_AFTER_MS, BATCH)) await deps.runner.wakeCampaign(id);
}

async function takeUp(deps: SweepDeps, taskId: string, state: 'closed' | 'gone'): Promise<void> {
  const task = await deps.tasks.find(taskId, null);
  if (task === null || isTerminal(task.status)) return;
  deps.logger.warn({ task_id: taskId, workflow: state }, 'an open task has no running workflow');
  if (state === 'gone') {
    // Temporal lost it (a new database): the rows say how far it was, a new run goes on from there.
    if (task.type === 'text') await deps.runner.startGroup(`${deps.workflowIdOf(taskId)}-swept-${String(Date.now())}`, [taskId]);
    else await startMedia(deps, task);
    return;
  }
  const error = new AppError('internal', 'The run was ended by the operator before the task was finished. Nothing was charged.');
  await deps.tasks.settle([
    {
      taskId,
      status: 'failed',
      actualMicroUsd: 0n,
      costLines: [],
      usage: null,
      textResult: null,
      error: taskErrorOf(error),
      attempt: null,
    },
  ]);
}

async function startMedia(deps: SweepDeps, task: TaskSummary): Promise<void> {
  if (task.operation !== 'image' && task.operation !== 'video') return;
  const { id, operation, teamName, credentialClass, campaignId } = task;
  await deps.runner.startMedia({ id, operation, teamName, credentialClass, priorityKey: campaignId === null ? 3 : 4, campaignId });
}
