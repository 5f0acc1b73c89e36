import { AppError, toAppError } from '../../domain/errors';
import { isProviderFault } from '../../domain/provider/health';
import type { JobState } from '../../domain/provider/provider';
import { placeOf } from '../../domain/provider/routing';
import type { Attempt } from '../../domain/task/task';
import { toFailure } from '../activity';
import { mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { jobOf } from './job';

/** What one look at a job says. `unanswered`: nothing, as asking failed; ask again after so many milliseconds. */
export type Look = JobState | { readonly state: 'unanswered'; readonly againMs: number };

/** A provider may need a moment until it knows a job that it has just accepted: "not found" is not believed before. */
const NOT_FOUND_GRACE_MS = 30_000;
/** Before a look that failed is repeated. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Asks an attempt's provider for the state of its job.
 * @param sinceMs - since when it is looked at, epoch milliseconds
 * @throws ApplicationFailure `internal`, to be repeated
 */
export async function lookAtJob(deps: MediaDeps, task: MediaTask, attempt: Attempt, sinceMs: number): Promise<Look> {
  const beganAt = deps.now();
  try {
    const { media } = mediaProvider(deps, attempt);
    return await media.poll(jobOf(task, attempt.model, attempt.upstreamId ?? ''));
  } catch (caught) {
    const error = toAppError(caught);
    if (error.code === 'internal') throw toFailure(error, 'always');
    if (error.code === 'provider_not_found' && deps.now().getTime() - sinceMs >= NOT_FOUND_GRACE_MS) {
      // It was accepted, so that it may have been made and charged.
      const words = `${error.message} It was accepted before, so it was not repeated.`;
      return { state: 'failed', error: new AppError('outcome_unknown', words, error.facts, error) };
    }
    // A provider that dies while it works on jobs is left alone by new ones too. A look that succeeds says nothing of new ones.
    if (isProviderFault(error.code)) deps.state.ended({ route: placeOf(attempt), code: error.code, beganAt });
    deps.logger.debug({ err: error, task_id: task.id, provider: attempt.provider }, 'a job could not be polled');
    return { state: 'unanswered', againMs: Math.max(error.facts.retryAfterMs ?? 0, LOOK_AGAIN_MS) };
  }
}
