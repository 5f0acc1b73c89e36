import type { TaskSummary } from '../../domain/task/task';
import { isTerminal } from '../../domain/task/task';
import type { CampaignDeps } from './deps';
import { inParallel } from '../../lib/parallel';

const AT_ONCE = 20;

/** Asks the running items of a cancelled campaign to end. `told` keeps those that were asked by this turn. */
export async function endItems(deps: CampaignDeps, campaignId: string, told: Set<string>): Promise<void> {
  const ids = (await deps.campaigns.runningTasks(campaignId)).filter((id) => !told.has(id));
  if (ids.length === 0) return;
  const tasks = await deps.tasks.findMany(ids);
  const open = tasks.filter((task) => !isTerminal(task.status));
  await inParallel(open, AT_ONCE, async (task) => {
    await endTask(deps, task);
    told.add(task.id);
  });
}

async function endTask(deps: CampaignDeps, task: TaskSummary): Promise<void> {
  if (!(await deps.tasks.requestCancel(task.id))) return;
  // A media workflow has the task's id; a text without an owner hears through the change feed.
  const workflowId = task.workflowId ?? (task.type === 'text' ? null : task.id);
  if (workflowId !== null) await deps.runner.cancel(task.id, workflowId);
}
