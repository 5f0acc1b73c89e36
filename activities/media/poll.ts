import { AppError, type ErrorCode } from '../../domain/errors';
import type { Logger } from '../../domain/log';
import type { JobState } from '../../domain/provider/provider';
import { taskErrorOf } from '../../domain/task/error';
import type { Attempt } from '../../domain/task/task';
import { notYet } from '../activity';
import { attemptOf, loadMediaTask, mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { ACCEPTED, closeAttempt, closeDelivered, closeFailed, jobOf, type AttemptRef } from './job';
import { lookAtJob } from './look';
import { copyAtOnce, keepDelivered } from './staging';

/** An attempt whose job is looked at, and since when it is (epoch milliseconds). */
export interface PollInput extends AttemptRef {
  readonly sinceMs: number;
}

/**
 * What a look came to. `delivered`: the result is kept. `failed`: the provider's verdict, the attempt is closed; `isCharged`: it charges for the
 * job all the same. `cancel_requested`: the job runs, and its task is to end.
 */
export type PollOutcome =
  { readonly state: 'delivered' | 'cancel_requested' } | { readonly state: 'failed'; readonly code: ErrorCode; readonly isCharged?: true };

/** Tells the operator of a word that an adapter does not know; once for each, however many jobs say it. */
export type UnknownStatusLog = (provider: string, status: string) => void;

/** Words remembered as told; beyond that the oldest are told again. */
const MOST_WORDS = 200;

export function createUnknownStatusLog(logger: Logger): UnknownStatusLog {
  const told = new Set<string>();
  return (provider, status) => {
    const word = `${provider}: ${status}`;
    if (told.has(word)) return;
    if (told.size >= MOST_WORDS) told.clear();
    told.add(word);
    logger.warn({ provider, status }, 'a provider reported an unknown job status; it counts as pending');
  };
}

/** Waiting for the provider takes progress from 5 % to 90 %; storing does the rest. */
const PROGRESS_SPAN = 0.85;

/**
 * Looks at an accepted job until it has ended: throws "not yet" for Temporal to come again. A look that fails says nothing about the job and is
 * only repeated.
 */
export async function pollJob(deps: MediaDeps, ref: PollInput, logUnknown: UnknownStatusLog): Promise<PollOutcome> {
  const task = await loadMediaTask(deps, ref.taskId);
  const attempt = attemptOf(task, ref.n);
  if (attempt.delivered !== null) {
    await closeDelivered(deps, ref, attempt);
    return { state: 'delivered' };
  }
  // Ended before, by a look whose answer was lost.
  if (attempt.endedAt !== null) {
    return { state: 'failed', code: attempt.errorCode ?? 'internal', ...(attempt.costMicroUsd > 0n ? { isCharged: true } : {}) };
  }
  const state = await lookAtJob(deps, task, attempt, ref.sinceMs);
  switch (state.state) {
    case 'unanswered':
      throw notYet(state.againMs);
    case 'pending':
      await notePending(deps, task, attempt, state, logUnknown);
      if (task.cancelRequestedAt !== null) return { state: 'cancel_requested' };
      throw notYet(state.pollAfterMs);
    case 'completed':
      await deliver(deps, task, attempt, state.result);
      return { state: 'delivered' };
    case 'failed':
    case 'cancelled':
      await closeFailed(deps, ref, {
        isVerdict: true,
        error: state.error,
        outcome: state.error.code === 'outcome_unknown' ? 'unknown' : state.state,
        upstreamId: attempt.upstreamId,
      });
      return { state: 'failed', code: state.error.code, ...(state.error.facts.chargedMicroUsd === undefined ? {} : { isCharged: true }) };
  }
}

/** @returns the task as it stands now */
export async function notePending(
  deps: MediaDeps,
  task: MediaTask,
  attempt: Attempt,
  { progress, unknownStatus }: Extract<JobState, { state: 'pending' }>,
  logUnknown: UnknownStatusLog,
): Promise<MediaTask> {
  const share = progress === null ? ACCEPTED.progress : ACCEPTED.progress + PROGRESS_SPAN * progress;
  if (share > task.progress) await deps.tasks.setProgress(task.id, ACCEPTED.phase, share);
  const now = { ...task, progress: Math.max(share, task.progress) };
  if (unknownStatus === undefined || attempt.error?.providerCode === unknownStatus) return now;
  logUnknown(attempt.provider, unknownStatus);
  const message = 'The provider reported an unknown job status; it counts as pending.';
  const error = taskErrorOf(new AppError('provider_bad_response', message, { providerCode: unknownStatus }));
  await deps.tasks.endAttempt({
    taskId: task.id,
    n: attempt.n,
    outcome: 'accepted',
    errorCode: null,
    upstreamId: attempt.upstreamId,
    costMicroUsd: 0n,
    error,
  });
  return { ...now, attempts: task.attempts.map((other) => (other.n === attempt.n ? { ...other, error } : other)) };
}

/** Keeps what the job made, closes its attempt, and copies what is still outside. */
export async function deliver(
  deps: MediaDeps,
  task: MediaTask,
  attempt: Attempt,
  result: Parameters<typeof keepDelivered>[3],
): Promise<void> {
  const { n, model, upstreamId } = attempt;
  const delivered = await keepDelivered(deps, task, n, result);
  await closeAttempt(deps, {
    taskId: task.id,
    n,
    outcome: 'succeeded',
    errorCode: null,
    upstreamId,
    costMicroUsd: result.reportedMicroUsd ?? 0n,
  });
  await copyAtOnce(deps, task, n, delivered, { media: mediaProvider(deps, attempt).media, job: jobOf(task, model, upstreamId ?? '') });
}

/** Asks the provider to stop a job; false when it cannot or does not answer: the job runs, or has ended, and may be paid. */
export async function cancelJob(deps: MediaDeps, ref: AttemptRef): Promise<boolean> {
  const task = await loadMediaTask(deps, ref.taskId);
  const attempt = attemptOf(task, ref.n);
  const { media } = mediaProvider(deps, attempt);
  if (media.cancel === undefined || attempt.upstreamId === null) return false;
  try {
    return await media.cancel(jobOf(task, attempt.model, attempt.upstreamId));
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'the provider could not be asked to cancel a job');
    return false;
  }
}
