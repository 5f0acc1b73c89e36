import type { JobFailure } from '../../domain/provider/provider';
import { isFreeFailure, taskErrorOf } from '../../domain/task/error';
import type { LateEnd } from '../../domain/task/store';
import type { Attempt, Delivered } from '../../domain/task/task';
import { keepTrying } from '../keep-trying';
import { notYet } from '../activity';
import { attemptOf, loadMediaTask, type MediaDeps, type MediaTask } from './deps';
import { lookAtJob } from './look';
import type { PollInput } from './poll';
import { copyAtOnce, keepDelivered } from './staging';
import { sourceOf } from './store';

/**
 * What became of a job whose task had ended. `delivered`: its results are kept; `failed`: the provider's verdict; `unknown`: the provider does
 * not know it any more; `expired`: the task's contents went meanwhile, so that nothing is kept; `given_up`: it took too long.
 */
export interface FollowOutcome {
  readonly state: 'delivered' | 'failed' | 'unknown' | 'expired' | 'given_up';
}

/** Looks grow rarer: the next one comes when the time that it has been followed has grown by this share. */
const GROWTH = 1 / 8;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** How long what came of it waits in memory for Postgres. */
const PATIENCE_MS = 120_000;

/**
 * Looks at a job whose task has ended and was charged for it, until it has ended too: throws "not yet" for Temporal to come again. What it made
 * is kept for a replay; what was charged for one that failed free of charge is given back.
 */
export async function followJob(deps: MediaDeps, ref: PollInput): Promise<FollowOutcome> {
  const task = await loadMediaTask(deps, ref.taskId);
  const attempt = attemptOf(task, ref.n);
  if (task.contentsExpiredAt !== null) return { state: 'expired' };
  // Kept before, by a process that died.
  if (attempt.delivered !== null) return offer(deps, task, attempt, attempt.delivered);
  const look = await lookAtJob(deps, task, attempt, ref.sinceMs);
  switch (look.state) {
    case 'unanswered':
      throw notYet(Math.max(look.againMs, pauseMs(deps, ref)));
    case 'pending':
      throw notYet(Math.max(look.pollAfterMs, pauseMs(deps, ref)));
    case 'completed':
      return offer(deps, task, attempt, await keepDelivered(deps, task, attempt.n, look.result));
    case 'failed':
    case 'cancelled':
      return closeFailure(deps, task, attempt, look);
  }
}

function pauseMs(deps: MediaDeps, { sinceMs }: PollInput): number {
  return Math.min(LONGEST_PAUSE_MS, (deps.now().getTime() - sinceMs) * GROWTH);
}

async function offer(deps: MediaDeps, task: MediaTask, attempt: Attempt, delivered: Delivered): Promise<FollowOutcome> {
  const { outputs, reportedMicroUsd } = await copyAtOnce(deps, task, attempt.n, delivered, sourceOf(deps, task, attempt));
  await close(deps, {
    taskId: task.id,
    n: attempt.n,
    outcome: 'succeeded',
    error: null,
    costMicroUsd: BigInt(reportedMicroUsd ?? '0'),
    outputs: outputs.filter(({ from }) => from !== 'missing').length,
    isFree: false,
  });
  return { state: 'delivered' };
}

async function closeFailure(deps: MediaDeps, task: MediaTask, attempt: Attempt, { state, error }: JobFailure): Promise<FollowOutcome> {
  const isUnknown = error.code === 'outcome_unknown';
  await close(deps, {
    taskId: task.id,
    n: attempt.n,
    outcome: isUnknown ? 'unknown' : state,
    error: taskErrorOf(error),
    costMicroUsd: BigInt(error.facts.chargedMicroUsd ?? '0'),
    outputs: 0,
    isFree: !isUnknown && isFreeFailure(error.code, error.facts.chargedMicroUsd !== undefined),
  });
  return { state: isUnknown ? 'unknown' : 'failed' };
}

function close(deps: MediaDeps, end: LateEnd): Promise<void> {
  return keepTrying(() => deps.tasks.endLateJob(end), PATIENCE_MS);
}
