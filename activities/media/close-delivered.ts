import type { Attempt } from '../../domain/task/task';
import type { MediaDeps } from './deps';
import type { AttemptRef } from './job';

/** The process died between keeping what was delivered and closing the attempt: it succeeded, and its row has to say so. */
export async function closeDelivered(deps: Pick<MediaDeps, 'tasks'>, { taskId, n }: AttemptRef, attempt: Attempt): Promise<void> {
  if (attempt.endedAt !== null) return;
  const costMicroUsd = BigInt(attempt.delivered?.reportedMicroUsd ?? '0');
  await deps.tasks.endAttempt({ taskId, n, outcome: 'succeeded', errorCode: null, upstreamId: attempt.upstreamId, costMicroUsd });
}
