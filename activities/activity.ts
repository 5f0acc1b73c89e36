import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { errorPolicy, toAppError, type AppError } from '../domain/errors';

/**
 * The one place where an AppError becomes Temporal's: the code is the `type`, the details are the wait asked for and whether the call may
 * have been carried out. Messages may
 * repeat a prompt or a provider's words, so they stay out of histories; they are in the attempt's row.
 * @param retry - `never`: the workflow decides; `always`: Temporal repeats (a database or object store that is away)
 */
export function toFailure(error: AppError, retry: 'never' | 'always'): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.code,
    type: error.code,
    nonRetryable: retry === 'never',
    details: [error.facts.retryAfterMs ?? null, isDoubtful(error)],
  });
}

/** Of a paid call: nothing proves that it was not carried out. */
export function isDoubtful({ code, facts }: AppError): boolean {
  return code === 'provider_unavailable' && facts.isUnpaid !== true;
}

/** "Not yet": asks Temporal to run the activity again after a pause, without an entry in the history and without alarm. */
export function notYet(afterMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'not finished yet',
    type: 'not_yet',
    nextRetryDelay: afterMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Runs an activity's body; what it throws becomes a failure that Temporal repeats only when a part of ours is away. */
export async function withFailures<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (caught instanceof ApplicationFailure) throw caught;
    const error = toAppError(caught);
    const isOurs = error.code === 'service_unavailable' || error.code === 'internal';
    throw toFailure(error, isOurs && errorPolicy(error.code).retryable ? 'always' : 'never');
  }
}

const HEARTBEAT_EVERY_MS = 3_000;

/** Tells Temporal that the process lives, so that one that died is noticed in seconds. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    heartbeat();
  }, HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
