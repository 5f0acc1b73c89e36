import type { Admission } from '../../domain/task/store';
import type { Endpoint } from '../../domain/task/task';
import type { ApiContext, SubmittingMedia } from '../deps';
import { admitText, asAdmitted, roomForText } from './admit-text';
import { submittedOf } from './outcome';
import { admissionOf, quote } from './prepare';
import type { MediaSubmission, Submitted, TextSubmission } from './submission';

export { findEarlier } from './idempotency';
export type { MediaSubmission, Submitted, TextSubmission } from './submission';

/**
 * Admits an image or video request and begins it. Once this resolves, the task runs to its end whatever crashes.
 * @throws AppError of `quote` and `submittedOf`; none has an effect but `insufficient_quota`, which leaves a failed task (`facts.taskId`)
 */
export async function submitMedia(context: SubmittingMedia, submission: MediaSubmission): Promise<Submitted> {
  const quoted = quote(context, submission);
  const admission = admissionOf(context, submission, quoted);
  const outcome = await context.mediaLane.submit(admission, { keepsContents: isWaitedFor(submission.endpoint) });
  return submittedOf(admission, outcome, submission.origin);
}

/** The answer holds the images themselves. */
function isWaitedFor(endpoint: Endpoint): boolean {
  return endpoint === 'images.generations' || endpoint === 'images.edits';
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
