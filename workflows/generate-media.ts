import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  ParentClosePolicy,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { MediaActivities } from '../activities/media/activities';
import type { MediaEnd } from '../activities/media/finish';
import type { MediaPlan } from '../activities/media/plan';
import type { PollOutcome } from '../activities/media/poll';
import { endOfCall, isFreeFailure } from '../domain/task/error';
import { nextStep, placeOf, type FailedCall, type PlannedRoute } from '../domain/provider/routing';
import { followLateId, SIGNALS, taskQueues, WORKFLOWS, type FollowLateInput, type GenerateMediaInput } from './contract';
import { causeOf, purchase, type CancelFlag, type Trouble } from './purchase';

export const cancelRequested = defineSignal(SIGNALS.cancelRequested);

// Short work on Postgres: repeated until the database is back.
const { planMedia, finishMedia } = proxyLocalActivities<MediaActivities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '200ms', maximumInterval: '5s' },
});

/** A process that died is noticed this soon. */
const NOTICED = { heartbeatTimeout: '8s' } as const;

const { cancelJob } = proxyActivities<MediaActivities>({ startToCloseTimeout: '45s', ...NOTICED, retry: { maximumAttempts: 3 } });

/** One look: a job that has not ended, or a provider that does not answer, is not waited for. */
const { pollJob: lookOnce } = proxyActivities<MediaActivities>({ startToCloseTimeout: '20m', ...NOTICED, retry: { maximumAttempts: 1 } });

// Eleven tries over about 37 s, never more than 5 s apart: S3 may have a bad minute; what was delivered stays staged and a replay takes it up.
const { storeAssets } = proxyActivities<MediaActivities>({
  startToCloseTimeout: '15m',
  ...NOTICED,
  retry: { initialInterval: '500ms', maximumInterval: '5s', maximumAttempts: 11 },
});

/** Histories of before have no look after a cancel that came to nothing, and don't store what was delivered to a task that is cancelled. */
const KEEP_WHAT_IS_PAID = 'keep-what-is-paid';
/** Histories of before leave a job that runs on to itself. */
const FOLLOW_LATE = 'follow-late';

type Stop = 'cancelled' | 'expired' | 'credential_frozen';
/** `isMade` false: no attempt was begun. */
type Failed = { readonly kind: 'failed'; readonly failure: FailedCall; readonly isMade: boolean };
type Stopped = { readonly kind: 'stopped'; readonly stop: Stop };
type Ended = { readonly kind: 'ended'; readonly end: MediaEnd | null };

/** Owns one image or video generation: buys it from the routes in turn, waits for it, keeps it, settles it. */
export async function generateMedia(input: GenerateMediaInput): Promise<void> {
  const { taskId } = input;
  const queues = taskQueues(input.queuePrefix);
  const cancel: CancelFlag = { isRequested: false };
  setHandler(cancelRequested, () => {
    cancel.isRequested = true;
  });

  let plan = await planMedia(taskId);
  while (plan !== null && 'rateAgainMs' in plan) {
    await condition(() => cancel.isRequested, plan.rateAgainMs);
    plan = await planMedia(taskId, Date.now());
  }
  if (plan === null) return;
  cancel.isRequested ||= plan.cancelRequested;
  const end = await generate(plan);
  if (end === null) return;
  await finishMedia(end);
  if (end.charge === 'bound' && end.n !== null && patched(FOLLOW_LATE)) await follow({ taskId, n: end.n });

  async function generate(known: MediaPlan): Promise<MediaEnd | null> {
    const calls = callsOf(known, input.retryAfterMs);
    let open = known.open;
    let lastN = calls.length === 0 ? null : calls.length;
    for (;;) {
      const n = open?.n ?? (lastN ?? 0) + 1;
      let route: PlannedRoute;
      if (open !== null) {
        route = open;
      } else {
        const step = nextStep(known, calls, Math.random);
        if (step.kind === 'end') return { taskId, n: lastN, code: endOfCall(step.code, known.deadlineMs, Date.now()), charge: 'nothing' };
        const stop = await pause(step.delayMs, known.deadlineMs);
        if (stop !== null) return { taskId, n: lastN, code: stop, charge: 'nothing' };
        route = step;
      }
      const called = await call(known, n, route, open?.state ?? null);
      if (called.kind === 'ended') return called.end;
      if (called.kind === 'stopped') return { taskId, n: lastN, code: called.stop, charge: 'nothing' };
      open = null;
      calls.push(called.failure);
      if (called.isMade) lastN = n;
    }
  }

  /** Waits, unless the task is to stop. */
  async function pause(delayMs: number, deadlineMs: number): Promise<Stop | null> {
    const leftMs = deadlineMs - Date.now();
    if (cancel.isRequested) return 'cancelled';
    if (leftMs <= delayMs) return 'expired';
    if (delayMs > 0 && (await condition(() => cancel.isRequested, delayMs))) return 'cancelled';
    return null;
  }

  async function call(
    known: MediaPlan,
    n: number,
    route: PlannedRoute,
    state: 'begun' | 'accepted' | 'delivered' | null,
  ): Promise<Failed | Stopped | Ended> {
    const failed = ({ code, retryAfterMs, isDoubtful = false }: Trouble, isMade = true): Failed => ({
      kind: 'failed',
      failure: { ...placeOf(route), code, retryAfterMs, ...(isDoubtful ? { isDoubtful } : {}) },
      isMade,
    });
    let isAccepted = state === 'accepted';
    let isStored = false;
    if (state === null || state === 'begun') {
      const order = { ...placeOf(route), taskId, n, deadlineMs: known.deadlineMs };
      const bought = await purchase(order, queues.provider(route.provider), known.submitMs, cancel);
      if (bought.state === 'ended') return { kind: 'ended', end: null };
      if (bought.state === 'stopped') return { kind: 'stopped', stop: bought.code };
      if (bought.state === 'unserved') return failed({ code: 'provider_not_found', retryAfterMs: null }, false);
      if (bought.state === 'failed') return failed({ ...bought, retryAfterMs: null });
      if (bought.state === 'broken') return failed(bought);
      isAccepted = bought.state === 'accepted';
      isStored = bought.state === 'stored';
    }
    if (isAccepted) {
      const stopped = await waitForJob(known, n);
      if (stopped !== null && 'code' in stopped) return failed(stopped);
      if (stopped !== null) return { kind: 'ended', end: await stopJob(n, stopped.stop) };
    }
    return { kind: 'ended', end: await keep(n, isStored) };
  }

  /** A job that can't be stopped may have ended meanwhile: what it made is paid, and kept. One that runs on is paid as a whole. */
  async function stopJob(n: number, stop: Stop): Promise<MediaEnd> {
    if (await cancelJob({ taskId, n })) return { taskId, n, code: stop, charge: 'nothing' };
    const last = patched(KEEP_WHAT_IS_PAID) ? await lookAgain(n) : null;
    // What came just at the deadline is there, and paid.
    if (last?.state === 'delivered') return keep(n, false, stop === 'cancelled');
    const isFree = last?.state === 'failed' && isFreeFailure(last.code, last.isCharged === true);
    return { taskId, n, code: stop, charge: isFree ? 'nothing' : 'bound' };
  }

  /** Null: the job could not be looked at. */
  async function lookAgain(n: number): Promise<PollOutcome | null> {
    try {
      return await lookOnce({ taskId, n, sinceMs: Date.now() });
    } catch {
      return null;
    }
  }

  async function keep(n: number, isStored: boolean, isCancelled = cancel.isRequested): Promise<MediaEnd> {
    if (isCancelled && !patched(KEEP_WHAT_IS_PAID)) return { taskId, n, code: 'cancelled', charge: 'delivered' };
    try {
      if (!isStored) await storeAssets({ taskId, n });
      return { taskId, n, code: isCancelled ? 'cancelled' : null, charge: 'delivered' };
    } catch {
      return { taskId, n, code: isCancelled ? 'cancelled' : 'asset_storage_failed', charge: 'delivered' };
    }
  }

  /** Null: delivered. */
  async function waitForJob(known: MediaPlan, n: number): Promise<{ readonly stop: Stop } | Trouble | null> {
    const sinceMs = Date.now();
    for (;;) {
      const leftMs = Math.max(1_000, known.deadlineMs - Date.now());
      const scope = new CancellationScope();
      const { pollJob } = proxyActivities<MediaActivities>({
        startToCloseTimeout: '20m',
        ...NOTICED,
        scheduleToCloseTimeout: leftMs + 60_000,
        retry: { initialInterval: '2s', maximumInterval: '10s' },
      });
      const poll = scope
        .run(() => pollJob({ taskId, n, sinceMs }))
        .then(
          (outcome) => ({ kind: 'told', outcome }) as const,
          (error: unknown) => ({ kind: 'failed', error }) as const,
        );
      const woken = condition(() => cancel.isRequested, leftMs).then((isWoken) => ({ kind: isWoken ? 'woken' : 'late' }) as const);
      const first = await Promise.race([poll, woken]);
      if (first.kind === 'told') return verdictOf(first.outcome);
      if (first.kind === 'failed') return causeOf(first.error);
      scope.cancel();
      const last = await poll;
      if (last.kind === 'told') return verdictOf(last.outcome);
      if (!isCancellation(last.error)) return causeOf(last.error);
      if (cancel.isRequested) return { stop: 'cancelled' };
      if (first.kind === 'late') return { stop: 'expired' };
    }
  }
}

/** A job that runs on has a workflow of its own: this one ends with its task, and its history is kept then. */
async function follow(input: FollowLateInput): Promise<void> {
  await startChild(WORKFLOWS.followLate, {
    workflowId: followLateId(input.taskId),
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: workflowInfo().typedSearchAttributes,
  });
}

/** Null: delivered. */
function verdictOf(outcome: PollOutcome): { readonly stop: Stop } | Trouble | null {
  if (outcome.state === 'delivered') return null;
  return outcome.state === 'failed' ? { code: outcome.code, retryAfterMs: null } : { stop: 'cancelled' };
}

/** The calls so far. The wait that a provider asked for is not in the database: of the only one it is told by who made it. */
function callsOf({ calls }: MediaPlan, retryAfterMs = 0): FailedCall[] {
  const [only, ...others] = calls;
  return only === undefined || others.length > 0 || retryAfterMs === 0 ? [...calls] : [{ ...only, retryAfterMs }];
}
