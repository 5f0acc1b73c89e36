import type { TaskVersion } from '../../domain/task/store';
import { isTerminal } from '../../domain/task/task';
import { createLimit, type Limit } from '../../lib/parallel';
import { pause } from '../../lib/time';
import { createBatcher, createGate } from '../batcher';
import { attemptOf, type MediaTask } from './deps';
import { afterFailure, keepResult, type AcceptedJob, type FirstAttemptDeps, type FirstEnd } from './first-attempt';
import { ACCEPTED, closeFailed } from './job';
import { lookAtJob } from './look';
import { createUnknownStatusLog, notePending } from './poll';
import type { MediaRun } from './run';

/** Looks at the jobs that first attempts of this process came to, until they have ended. */
export interface JobFollower {
  /** False: there are too many already, or the provider tells of its jobs itself, which only the workflow of a task hears. */
  takes(run: MediaRun): boolean;
  /** Resolves with what became of the job: as of a first attempt, or `left`, at the deadline and once the run is to be let go. Never throws. */
  follow(run: MediaRun, job: AcceptedJob): Promise<FirstEnd>;
}

/** Jobs that a process follows; those beyond begin with their own workflow. */
const MOST_JOBS = 2_000;
/** Of one provider; a look takes a moment, so that thousands of jobs get their turns. */
const LOOKS_AT_ONCE = 32;
/** Results that are fetched and stored at once: each may go over the disk and takes a process for its first frame. */
const STORED_AT_ONCE = 8;
/** Before a look is repeated that failed for reasons of ours. */
const LOOK_AGAIN_MS = 2_000;
const LEFT: FirstEnd = { kind: 'left' };

export function createJobFollower(deps: FirstAttemptDeps): JobFollower {
  const logUnknown = createUnknownStatusLog(deps.logger);
  const looks = new Map<string, Limit>();
  const stored = createLimit(STORED_AT_ONCE);
  const states = createStates(deps);
  let count = 0;

  function looksAt(provider: string): Limit {
    const known = looks.get(provider) ?? createLimit(LOOKS_AT_ONCE);
    looks.set(provider, known);
    return known;
  }

  /** What it came to; `againMs`: it runs on, to be looked at again after so long. */
  async function look(run: MediaRun, task: MediaTask, sinceMs: number): Promise<FirstEnd | { task: MediaTask; againMs: number }> {
    const attempt = attemptOf(task, 1);
    const seen = await looksAt(attempt.provider)(() => lookAtJob(deps, task, attempt, sinceMs));
    switch (seen.state) {
      case 'unanswered':
        return { task, againMs: seen.againMs };
      case 'pending': {
        run.isLong = true;
        const noted = await notePending(deps, task, attempt, seen, logUnknown);
        // Told of cancels by the feed; what that missed is seen here.
        const now = await states(task.id);
        if (now === null || isTerminal(now.status)) return { kind: 'settled', end: null };
        return now.cancelRequested ? LEFT : { task: noted, againMs: seen.pollAfterMs };
      }
      case 'completed':
        return stored(() => keepResult(deps, run, task, seen.result));
      case 'failed':
      case 'cancelled': {
        const outcome = seen.error.code === 'outcome_unknown' ? 'unknown' : seen.state;
        await closeFailed(deps, run.order, { isVerdict: true, error: seen.error, outcome, upstreamId: attempt.upstreamId });
        return afterFailure(deps, run.order);
      }
    }
  }

  async function until(run: MediaRun, first: MediaTask): Promise<FirstEnd> {
    const sinceMs = deps.now().getTime();
    let task = first;
    // The first look comes at once, as that of a workflow does: there are providers whose jobs are over by then.
    for (let againMs = 0; await isStillOurs(run, againMs);) {
      try {
        const seen = await look(run, task, sinceMs);
        if ('kind' in seen) return seen;
        ({ task, againMs } = seen);
      } catch (error) {
        deps.logger.warn({ err: error, task_id: task.id }, 'a look at a job broke off and is repeated');
        againMs = LOOK_AGAIN_MS;
      }
    }
    return LEFT;
  }

  /** Waits, but not beyond the deadline. False: its workflow goes on with the job. */
  async function isStillOurs({ order, letGo }: MediaRun, waitMs: number): Promise<boolean> {
    const leftMs = order.deadlineMs - deps.now().getTime();
    if (waitMs > 0) await pause(Math.max(0, Math.min(waitMs, leftMs)), letGo.signal);
    return !letGo.signal.aborted && waitMs < leftMs;
  }

  return {
    takes: ({ order }) => count < MOST_JOBS && deps.catalogue().providers.get(order.provider)?.webhooks !== true,
    async follow(run, { upstreamId }) {
      count += 1;
      const attempts = run.task.attempts.map((attempt) => ({ ...attempt, outcome: 'accepted' as const, upstreamId }));
      try {
        return await until(run, { ...run.task, ...ACCEPTED, attempts });
      } finally {
        count -= 1;
      }
    },
  };
}

/** How tasks stand; those asked for at once travel together. Null: there is no such task. */
function createStates(deps: Pick<FirstAttemptDeps, 'tasks'>): (taskId: string) => Promise<TaskVersion | null> {
  return createBatcher<string, TaskVersion | null>(
    async (ids) => {
      const found = new Map((await deps.tasks.versions(ids)).map((state) => [state.id, state]));
      return ids.map((id) => found.get(id) ?? null);
    },
    { maxSize: 500, maxBytes: Number.POSITIVE_INFINITY, bytesOf: () => 1, gate: createGate({ patienceMs: 25, most: 2 }) },
  );
}
