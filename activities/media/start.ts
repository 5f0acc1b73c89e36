import type { MediaStart } from '../../domain/runner';
import { isMediaOperation } from '../../domain/task/generation';
import { priorityKeyOf } from '../../domain/task/priority';
import type { NewTask, OpenTask } from '../../domain/task/store';

/** What its own workflow is started by; null: it is no image or video. */
export function mediaStartOf(task: NewTask | OpenTask): MediaStart | null {
  const { id, operation, campaignId } = task;
  const { teamName, credentialClass } = 'caller' in task ? task.caller : task;
  return isMediaOperation(operation) ? { id, operation, teamName, credentialClass, campaignId, priorityKey: priorityKeyOf(task) } : null;
}
