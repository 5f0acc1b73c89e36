import { ActivityFailure, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { MediaActivities } from '../activities/media/activities';
import type { FollowOutcome } from '../activities/media/follow';
import type { FollowLateInput } from './contract';

const { followJob } = proxyActivities<MediaActivities>({
  startToCloseTimeout: '20m',
  // A process that died is noticed this soon.
  heartbeatTimeout: '8s',
  // A job that has not ended by then is not followed any more.
  scheduleToCloseTimeout: '2h',
  retry: { initialInterval: '2s', maximumInterval: '5m' },
});

/** Follows the job of a task that has ended, was charged the whole bound, and could not stop it: what it makes is paid, and offered. */
export async function followLate({ taskId, n }: FollowLateInput): Promise<FollowOutcome> {
  try {
    return await followJob({ taskId, n, sinceMs: Date.now() });
  } catch (error) {
    // The last look said "not yet", or was under way.
    const isOver = error instanceof ActivityFailure && (error.retryState === 'TIMEOUT' || error.cause instanceof TimeoutFailure);
    if (isOver) return { state: 'given_up' };
    throw error;
  }
}
