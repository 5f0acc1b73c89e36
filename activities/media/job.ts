import type { AppError } from '../../domain/errors';
import type { JobRef } from '../../domain/provider/provider';
import { isDoubtful } from '../activity';
import { taskErrorOf } from '../../domain/task/error';
import type { AttemptEnd } from '../../domain/task/store';
import type { Attempt } from '../../domain/task/task';
import { keepTrying } from '../keep-trying';
import { timeoutSignal, type MediaDeps, type MediaTask } from './deps';

/** An attempt by name. */
export interface AttemptRef {
  readonly taskId: string;
  readonly n: number;
}

/** How a task stands whose provider has accepted its job. */
export const ACCEPTED = { phase: 'waiting_provider', progress: 0.05 } as const;

const POLL_TIMEOUT_MS = 30_000;
/** How long an outcome waits in memory for Postgres. */
const PATIENCE_MS = 120_000;

/** The provider's job of an attempt, with a time limit for one request. */
export function jobOf(task: MediaTask, model: string, upstreamId: string): JobRef {
  return { kind: task.input.operation, model, upstreamId, signal: timeoutSignal(POLL_TIMEOUT_MS) };
}

/** The process died between keeping what was delivered and closing the attempt: it succeeded, and its row has to say so. */
export async function closeDelivered(deps: Pick<MediaDeps, 'tasks'>, { taskId, n }: AttemptRef, attempt: Attempt): Promise<void> {
  if (attempt.endedAt !== null) return;
  const costMicroUsd = BigInt(attempt.delivered?.reportedMicroUsd ?? '0');
  await deps.tasks.endAttempt({ taskId, n, outcome: 'succeeded', errorCode: null, upstreamId: attempt.upstreamId, costMicroUsd });
}

/** Closes an attempt that brought nothing, with the provider's words. It costs nothing unless the provider says so. */
export function closeFailed(
  deps: Pick<MediaDeps, 'tasks'>,
  { taskId, n }: AttemptRef,
  end: {
    readonly error: AppError;
    readonly outcome: 'failed' | 'cancelled' | 'unknown';
    readonly upstreamId: string | null;
    /** The provider itself said what became of the purchase: nothing is doubtful. */
    readonly isVerdict: boolean;
  },
): Promise<void> {
  const { error, outcome, upstreamId, isVerdict } = end;
  return closeAttempt(deps, {
    taskId,
    n,
    outcome,
    errorCode: error.code,
    upstreamId,
    costMicroUsd: BigInt(error.facts.chargedMicroUsd ?? '0'),
    error: { ...taskErrorOf(error), isDoubtful: !isVerdict && isDoubtful(error) },
  });
}

/**
 * Whether a failed purchase may have been carried out all the same, as its row says it. A row of an earlier version keeps no proof: a create that
 * the provider was too troubled for counts as doubtful.
 */
export function isDoubtfulAttempt({ error, errorCode, upstreamId }: Attempt): boolean {
  return error?.isDoubtful ?? (errorCode === 'provider_unavailable' && upstreamId === null);
}

export function closeAttempt(deps: Pick<MediaDeps, 'tasks'>, end: AttemptEnd): Promise<void> {
  return keepTrying(() => deps.tasks.endAttempt(end), PATIENCE_MS);
}
