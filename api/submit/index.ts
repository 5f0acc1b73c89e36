import { priorityKeyOf } from '../../domain/task/priority';
import type { Admission } from '../../domain/task/store';
import type { ApiContext, SubmittingMedia } from '../deps';
import { admitText, asAdmitted, roomForText } from './admit-text';
import { submittedOf } from './outcome';
import { admissionOf, quote } from './prepare';
import type { MediaSubmission, Submitted, TextSubmission } from './submission';

export { findEarlier } from './idempotency';
export type { MediaSubmission, Submitted, TextSubmission } from './submission';

/**
 * Admits an image or video request and starts its workflow. Once this resolves, the task runs to its end whatever crashes.
 * @throws AppError of `quote` and `submittedOf`; none has an effect but `insufficient_quota`, which leaves a failed task (`facts.taskId`)
 */
export async function submitMedia(context: SubmittingMedia, submission: MediaSubmission): Promise<Submitted> {
  const quoted = quote(context, submission);
  const admission = admissionOf(context, submission, quoted);
  const [outcome] = await context.tasks.admit([admission]);
  const submitted = submittedOf(admission, outcome ?? { kind: 'admitted' }, submission.origin);
  if (!submitted.isRepeat) await startMedia(context, admission, submission.input.operation);
  return submitted;
}

/** A text request, admitted. `admission`: for `lane.run` or `lane.background`, unless it repeats an earlier one. */
export interface SubmittedText extends Submitted {
  readonly admission: Admission;
}

/**
 * Admits a chat or embeddings request. The caller goes on with `lane.run` when a client waits, else with `lane.background`.
 * @throws as `submitMedia`, and `rate_limit_exceeded` also when no route had room in time
 */
export async function submitText(
  context: Pick<ApiContext, 'lane' | 'newId' | 'routeState' | 'settings'>,
  submission: TextSubmission,
): Promise<SubmittedText> {
  const admission = await roomForText(context, submission);
  const outcome = await admitText(context, admission);
  return { ...submittedOf(admission, outcome, submission.origin), admission: asAdmitted(admission, outcome) };
}

/** Starts the workflow of an admitted image or video task, or leaves it to the sweeper. */
export async function startMedia(
  context: Pick<ApiContext, 'logger' | 'runner'>,
  { task }: Admission,
  operation: 'image' | 'video',
): Promise<void> {
  try {
    await context.runner.startMedia({
      id: task.id,
      operation,
      teamName: task.caller.teamName,
      credentialClass: task.caller.credentialClass,
      priorityKey: priorityKeyOf(task),
    });
  } catch (error) {
    // The task is stored and paid for: the sweeper starts what has no workflow.
    context.logger.warn({ err: error, task_id: task.id }, 'The workflow could not be started now; the sweeper will start it.');
  }
}
