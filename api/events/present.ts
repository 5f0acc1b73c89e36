import type { Campaign } from '../../domain/campaign/campaign';
import type { TaskSummary } from '../../domain/task/task';

/** The newest state of a task, as the stream tells it: what a list needs to show it; the task itself has the rest. */
export function taskState(task: TaskSummary) {
  return {
    id: task.id,
    type: task.type,
    model: task.model,
    status: task.status,
    phase: task.phase,
    progress: task.progress,
    version: task.version,
    error_code: task.error?.code ?? null,
    outputs: task.outputs.length,
    campaign_id: task.campaignId,
  };
}

/** The newest state of a campaign. */
export function campaignState({ id, name, status, statusReason, counts, version }: Campaign) {
  const { total, queued, running, succeeded, failed, cancelled } = counts;
  const progress = total === 0 ? 0 : (succeeded + failed + cancelled) / total;
  return {
    id,
    name,
    status,
    status_reason: statusReason,
    progress,
    version,
    counts: { total, queued, running, succeeded, failed, cancelled },
  };
}
