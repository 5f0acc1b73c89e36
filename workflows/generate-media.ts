import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  TimeoutFailure,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import type { MediaActivities, ProviderActivities } from '../activities/media/activities';
import type { MediaEnd } from '../activities/media/finish';
import type { MediaPlan } from '../activities/media/plan';
import { isErrorCode, type ErrorCode } from '../domain/errors';
import { nextStep, type FailedCall } from '../domain/provider/routing';
import { SIGNALS, taskQueues, type GenerateMediaInput } from './contract';

export const cancelRequested = defineSignal(SIGNALS.cancelRequested);

// Short work on Postgres: repeated until the database is back.
const { planMedia, finishMedia } = proxyLocalActivities<MediaActivities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '200ms', maximumInterval: '5s' },
});

/** A process that died is noticed this soon. */
const NOTICED = { heartbeatTimeout: '8s' } as const;

const { cancelJob } = proxyActivities<MediaActivities>({ startToCloseTimeout: '45s', ...NOTICED, retry: { maximumAttempts: 3 } });

// Eleven tries over about 37 s, never more than 5 s apart: S3 may have a bad minute; what was delivered stays staged and a replay takes it up.
const { storeAssets } = proxyActivities<MediaActivities>({
  startToCloseTimeout: '15m',
  ...NOTICED,
  retry: { initialInterval: '500ms', maximumInterval: '5s', maximumAttempts: 11 },
});

/** After the provider's own timeout, time to keep what it delivered. */
const KEEP_MS = 180_000;

type Stop = 'cancelled' | 'expired';
type Called = { readonly kind: 'delivered' } | { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly failure: FailedCall };

/** Owns one image or video generation: buys it from the routes in turn, waits for it, keeps it, settles it. */
export async function generateMedia(input: GenerateMediaInput): Promise<void> {
  const { taskId } = input;
  const queues = taskQueues(input.queuePrefix);
  let isCancelRequested = false;
  setHandler(cancelRequested, () => {
    isCancelRequested = true;
  });

  const plan = await planMedia(taskId);
  if (plan === null) return;
  isCancelRequested ||= plan.cancelRequested;
  const end = await generate(plan);
  if (end !== null) await finishMedia(end);

  async function generate(known: MediaPlan): Promise<MediaEnd | null> {
    const calls = [...known.calls];
    let open = known.open;
    for (;;) {
      const n = open?.n ?? calls.length + 1;
      let route: { provider: string; model: string };
      if (open !== null) {
        route = open;
      } else {
        const step = nextStep(known, calls, Math.random);
        const lastN = calls.length === 0 ? null : calls.length;
        if (step.kind === 'end') return { taskId, n: lastN, code: step.code, charge: 'nothing' };
        const stop = await pause(step.delayMs, known.deadlineMs);
        if (stop !== null) return { taskId, n: lastN, code: stop, charge: 'nothing' };
        route = step;
      }
      const called = await call(known, n, route, open?.state ?? null);
      open = null;
      if (called.kind === 'ended') return null;
      if (called.kind === 'failed') {
        calls.push(called.failure);
        continue;
      }
      return 'end' in called ? called.end : null;
    }
  }

  /** Waits, unless the task is to stop. */
  async function pause(delayMs: number, deadlineMs: number): Promise<Stop | null> {
    const leftMs = deadlineMs - Date.now();
    if (isCancelRequested) return 'cancelled';
    if (leftMs <= delayMs) return 'expired';
    if (delayMs > 0 && (await condition(() => isCancelRequested, delayMs))) return 'cancelled';
    return null;
  }

  async function call(
    known: MediaPlan,
    n: number,
    route: { readonly provider: string; readonly model: string },
    state: 'begun' | 'accepted' | 'delivered' | null,
  ): Promise<Called | { readonly kind: 'done'; readonly end: MediaEnd }> {
    const failedAs = (code: ErrorCode, retryAfterMs: number | null): Called => ({
      kind: 'failed',
      failure: { provider: route.provider, model: route.model, code, retryAfterMs },
    });
    let isAccepted = state === 'accepted';
    let isStored = false;
    if (state === null || state === 'begun') {
      const { submitJob } = proxyActivities<ProviderActivities>({
        taskQueue: queues.provider(route.provider),
        startToCloseTimeout: known.submitMs + KEEP_MS,
        ...NOTICED,
        retry: { initialInterval: '1s', maximumInterval: '10s' },
      });
      try {
        const answer = await submitJob({ taskId, n, provider: route.provider, model: route.model });
        if (answer.state === 'ended') return { kind: 'ended' };
        isAccepted = answer.state === 'accepted';
        isStored = answer.state === 'stored';
      } catch (error) {
        return failedAs(...causeOf(error));
      }
    }
    if (isAccepted) {
      const stopped = await waitForJob(known, n);
      if (stopped !== null && 'code' in stopped) return failedAs(stopped.code, stopped.retryAfterMs);
      if (stopped !== null) {
        const isStopped = await cancelJob({ taskId, n });
        return { kind: 'done', end: { taskId, n, code: stopped.stop, charge: isStopped ? 'nothing' : 'bound' } };
      }
    }
    return { kind: 'done', end: await keep(n, isStored) };
  }

  async function keep(n: number, isStored: boolean): Promise<MediaEnd> {
    if (isCancelRequested) return { taskId, n, code: 'cancelled', charge: 'delivered' };
    try {
      if (!isStored) await storeAssets({ taskId, n });
      return { taskId, n, code: null, charge: 'delivered' };
    } catch {
      return { taskId, n, code: 'asset_storage_failed', charge: 'delivered' };
    }
  }

  /** Null: delivered. */
  async function waitForJob(
    known: MediaPlan,
    n: number,
  ): Promise<{ readonly stop: Stop } | { readonly code: ErrorCode; readonly retryAfterMs: number | null } | null> {
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
        .run(() => pollJob({ taskId, n }))
        .then(
          () => ({ kind: 'delivered' }) as const,
          (error: unknown) => ({ kind: 'failed', error }) as const,
        );
      const woken = condition(() => isCancelRequested, leftMs).then((isWoken) => ({ kind: isWoken ? 'woken' : 'late' }) as const);
      const first = await Promise.race([poll, woken]);
      if (first.kind === 'delivered') return null;
      if (first.kind === 'failed') {
        const [code, retryAfterMs] = causeOf(first.error);
        return { code, retryAfterMs };
      }
      scope.cancel();
      const last = await poll;
      if (last.kind === 'delivered') return null;
      if (!isCancellation(last.error)) {
        const [code, retryAfterMs] = causeOf(last.error);
        return { code, retryAfterMs };
      }
      if (isCancelRequested) return { stop: 'cancelled' };
      if (first.kind === 'late') return { stop: 'expired' };
    }
  }
}

/** The code an activity failed with; a time-out of Temporal's own after the call may have been made is an unknown outcome. */
function causeOf(error: unknown): [ErrorCode, number | null] {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
    const retryAfterMs: unknown = cause.details?.[0];
    return [cause.type, typeof retryAfterMs === 'number' ? retryAfterMs : null];
  }
  if (cause instanceof TimeoutFailure) return ['outcome_unknown', null];
  return ['internal', null];
}
