import { toAppError, type ErrorCode } from '../../domain/errors';
import type { MediaResult } from '../../domain/provider/provider';
import { nextStep } from '../../domain/provider/routing';
import type { EndedMedia } from '../../domain/runner';
import { endOfCall } from '../../domain/task/error';
import type { Settlement, SettleOutcome } from '../../domain/task/store';
import { isTerminal } from '../../domain/task/task';
import { keepTrying } from '../keep-trying';
import { attemptOf, loadMediaTask, mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { finishMedia, settlementOf, type MediaEnd } from './finish';
import { jobOf } from './job';
import { planOf } from './plan';
import { deliver } from './poll';
import { endedOf, withDelivery, type MediaRun } from './run';
import { storeAssets, storeAtOnce, type StoredResult } from './store';
import { buyBegun, succeeded, writeDown, type SubmitAnswer, type SubmitInput } from './submit';

/** A job that a first attempt came to. */
export interface AcceptedJob {
  readonly kind: 'accepted';
  readonly upstreamId: string;
}

/** What became of a first attempt. `settled`: its task has ended. `left`: whoever looks after the task next finds what to do in its rows. */
export type FirstEnd =
  | { readonly kind: 'settled'; readonly end: EndedMedia | null }
  | { readonly kind: 'left'; readonly retryAfterMs?: number }
  /** Nobody knows whether the call was made: its row stands open and has to be released. */
  | { readonly kind: 'broken' };

export interface FirstAttemptDeps extends MediaDeps {
  /** Settles in groups. */
  readonly settle: (settlement: Settlement) => Promise<SettleOutcome>;
}

/** How long an outcome waits in memory for Postgres. */
const PATIENCE_MS = 120_000;

/**
 * Makes a first attempt whose intent was written with the admission. What goes well is settled here, and so is a failure that nothing can follow;
 * the rest is left to the task's own workflow. The steps are those of its activities.
 */
export async function makeFirstAttempt(deps: FirstAttemptDeps, run: MediaRun): Promise<FirstEnd | AcceptedJob> {
  const { task, order, place } = run;
  const settled: { end: EndedMedia | null } = { end: null };
  const keep = async (_deps: MediaDeps, input: SubmitInput, stored: StoredResult, upstreamId: string | null): Promise<void> => {
    settled.end = await settleStored(deps, run.task, run.order, stored, upstreamId);
    if (settled.end === null) await writeDown(deps, input, stored, upstreamId);
  };
  try {
    const answer = await buyBegun(deps, task, order, { ...place, keep });
    return settled.end === null ? await goOn(deps, order, answer) : { kind: 'settled', end: settled.end };
  } catch (caught) {
    const error = toAppError(caught);
    const isOurs = error.code === 'internal' || error.code === 'service_unavailable';
    if (!isOurs) return afterFailure(deps, order, error.facts.retryAfterMs);
    deps.logger.error({ err: error, task_id: task.id }, 'a first attempt broke off; its workflow finds out what became of it');
    return { kind: 'broken' };
  }
}

/** Everything in one statement. Null: its owner asked it to end, so that it may end otherwise, or it has ended. */
async function settleStored(
  deps: FirstAttemptDeps,
  before: MediaTask,
  order: SubmitInput,
  stored: StoredResult,
  upstreamId: string | null,
): Promise<EndedMedia | null> {
  const attempt = succeeded(order, stored.delivered, upstreamId);
  const task = withDelivery(before, stored, attempt.costMicroUsd);
  const settlement: Settlement = {
    ...(await settlementOf(deps, task, delivered(order, null))),
    attempt: { ...attempt, delivered: stored.delivered },
    assets: stored.assets,
    yieldsToCancel: true,
  };
  const outcome = await keepTrying(() => deps.settle(settlement), PATIENCE_MS);
  return outcome === 'settled' ? endedOf(task, settlement, stored, deps.now()) : null;
}

/** The result of an accepted job: fetched, stored and settled in one go, or else step by step as by the workflow. */
export async function keepResult(
  deps: FirstAttemptDeps,
  { order, place }: MediaRun,
  task: MediaTask,
  result: MediaResult,
): Promise<FirstEnd> {
  const attempt = attemptOf(task, order.n);
  const endTurn = await place.turn?.();
  const telling = setTimeout(() => tellStoring(deps, task.id), TELL_AFTER_MS);
  try {
    const { media, drawsWatermark } = mediaProvider(deps, attempt);
    const source = { media, job: jobOf(task, attempt.model, attempt.upstreamId ?? '') };
    const stored = await storeAtOnce(deps, task, result, { provider: attempt.provider, drawsWatermark, source });
    if (stored === null) {
      await deliver(deps, task, attempt, result);
      return await keep(deps, order);
    }
    endTurn?.();
    const end = await settleStored(deps, task, order, stored, attempt.upstreamId);
    if (end !== null) return { kind: 'settled', end };
    await writeDown(deps, order, stored, attempt.upstreamId);
    return { kind: 'left' };
  } finally {
    clearTimeout(telling);
    endTurn?.();
  }
}

/** Most results are stored before anybody could look. */
const TELL_AFTER_MS = 250;

function tellStoring({ tasks, logger }: FirstAttemptDeps, taskId: string): void {
  tasks.setProgress(taskId, 'storing', 0.92).catch((error: unknown) => {
    logger.debug({ err: error, task_id: taskId }, 'the progress of a task could not be written');
  });
}

async function goOn(deps: FirstAttemptDeps, order: SubmitInput, answer: SubmitAnswer): Promise<FirstEnd | AcceptedJob> {
  switch (answer.state) {
    case 'ended':
      return { kind: 'settled', end: null };
    case 'delivered':
      return keep(deps, order);
    case 'failed':
      return afterFailure(deps, order);
    case 'accepted':
      return answer.upstreamId === undefined ? { kind: 'left' } : { kind: 'accepted', upstreamId: answer.upstreamId };
    case 'stored':
    case 'stopped':
      return { kind: 'left' };
  }
}

/** Stores what was delivered elsewhere than in hand. What cannot be stored now is tried again by the workflow. */
async function keep(deps: FirstAttemptDeps, order: SubmitInput): Promise<FirstEnd> {
  try {
    await storeAssets(deps, order);
    const { cancelRequestedAt } = await loadMediaTask(deps, order.taskId);
    await finishMedia(deps, delivered(order, cancelRequestedAt === null ? null : 'cancelled'));
    return { kind: 'settled', end: null };
  } catch (error) {
    deps.logger.warn({ err: error, task_id: order.taskId }, 'a delivered result could not be stored at once; its workflow tries again');
    return { kind: 'left' };
  }
}

/** What follows is decided as in the workflow; an end needs none. */
export async function afterFailure(deps: MediaDeps, { taskId, n, deadlineMs }: SubmitInput, retryAfterMs?: number): Promise<FirstEnd> {
  try {
    const task = await loadMediaTask(deps, taskId);
    if (isTerminal(task.status)) return { kind: 'settled', end: null };
    const plan = await planOf(deps, task);
    const step = plan.open === null ? nextStep(plan, plan.calls, deps.random) : null;
    if (step?.kind === 'end') {
      await finishMedia(deps, { taskId, n, code: endOfCall(step.code, deadlineMs, deps.now().getTime()), charge: 'nothing' });
      return { kind: 'settled', end: null };
    }
  } catch (error) {
    deps.logger.warn({ err: error, task_id: taskId }, 'what follows a failed attempt could not be decided here; its workflow decides');
  }
  return retryAfterMs === undefined ? { kind: 'left' } : { kind: 'left', retryAfterMs };
}

function delivered({ taskId, n }: SubmitInput, code: ErrorCode | null): MediaEnd {
  return { taskId, n, code, charge: 'delivered' };
}
