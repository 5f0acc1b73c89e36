import { toAppError } from '../../domain/errors';
import type { JobRef } from '../../domain/provider/provider';
import { taskErrorOf } from '../../domain/task/error';
import { notYet, toFailure } from '../failure';
import { keepTrying } from '../keep-trying';
import { attemptOf, loadMediaTask, mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { copyOutside, keepDelivered } from './staging';
import { closeDelivered } from './close-delivered';
import { jobOf, type AttemptRef } from './job';
import { isTransient } from './transient';

const PATIENCE_MS = 120_000;
/** Waiting for the provider takes progress from 5 % to 90 %; storing does the rest. */
const PROGRESS_FROM = 0.05;
const PROGRESS_SPAN = 0.85;

/**
 * Looks at an accepted job. Resolves once its result is kept; throws "not yet" for Temporal to come again, and the job's own
 * failure for the workflow to decide. A poll that fails says nothing about the job and is only repeated.
 */
export async function pollJob(deps: MediaDeps, ref: AttemptRef): Promise<void> {
  const task = await loadMediaTask(deps, ref.taskId);
  const attempt = attemptOf(task, ref.n);
  if (attempt.delivered !== null) {
    await closeDelivered(deps, ref, attempt);
    return;
  }
  const { media } = mediaProvider(deps, attempt.provider);
  const job = jobOf(task, attempt.model, attempt.upstreamId ?? '');
  try {
    const answer = await media.poll(job);
    if (answer.state === 'pending') {
      const progress = answer.progress === null ? PROGRESS_FROM : PROGRESS_FROM + PROGRESS_SPAN * answer.progress;
      if (progress > task.progress) await deps.tasks.setProgress(task.id, 'waiting_provider', progress);
      throw notYet(answer.pollAfterMs);
    }
    const delivered = await keepDelivered(deps, task, ref.n, answer.result);
    await keepTrying(
      () =>
        deps.tasks.endAttempt({
          ...ref,
          outcome: 'succeeded',
          errorCode: null,
          upstreamId: attempt.upstreamId,
          costMicroUsd: answer.result.reportedMicroUsd ?? 0n,
        }),
      PATIENCE_MS,
    );
    await copyAtOnce(deps, task, ref.n, delivered, job, media);
  } catch (caught) {
    if (isNotYet(caught)) throw caught;
    const error = toAppError(caught);
    if (isTransient(error)) throw notYet(Math.max(error.facts.retryAfterMs ?? 0, 2_000));
    if (error.code === 'internal') throw toFailure(error, 'always');
    await deps.tasks.endAttempt({
      ...ref,
      outcome: 'failed',
      errorCode: error.code,
      upstreamId: attempt.upstreamId,
      costMicroUsd: BigInt(error.facts.chargedMicroUsd ?? '0'),
      error: taskErrorOf(error),
    });
    throw error;
  }
}

/** Provider links die; what cannot be copied now is tried again by `storeAssets`. */
async function copyAtOnce(
  deps: MediaDeps,
  task: MediaTask,
  n: number,
  delivered: Parameters<typeof copyOutside>[3],
  job: JobRef,
  media: NonNullable<Parameters<typeof copyOutside>[4]>['media'],
): Promise<void> {
  try {
    await copyOutside(deps, task, n, delivered, { media, job });
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'a delivered result could not be copied yet');
  }
}

function isNotYet(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'not_yet';
}

/** Asks the provider to stop a job; false when it cannot or does not answer: the job then runs, and is paid. */
export async function cancelJob(deps: MediaDeps, ref: AttemptRef): Promise<boolean> {
  const task = await loadMediaTask(deps, ref.taskId);
  const attempt = attemptOf(task, ref.n);
  const { media } = mediaProvider(deps, attempt.provider);
  if (media.cancel === undefined || attempt.upstreamId === null) return false;
  try {
    return await media.cancel(jobOf(task, attempt.model, attempt.upstreamId));
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'the provider could not be asked to stop a job');
    return false;
  }
}
