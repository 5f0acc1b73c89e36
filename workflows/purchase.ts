import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  TimeoutFailure,
  condition,
  patched,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { MediaActivities, ProviderActivities } from '../activities/media/activities';
import type { SubmitAnswer, SubmitInput } from '../activities/media/submit';
import { isErrorCode } from '../domain/errors';
import type { FailedCall } from '../domain/provider/routing';

/** Whether the task is to end, as the workflow knows it. */
export interface CancelFlag {
  isRequested: boolean;
}

/** How a purchase came out. `broken`: the call failed. `unserved`: no call was begun, as the provider left the configuration. */
export type Purchase = SubmitAnswer | ({ readonly state: 'broken' } & Trouble) | { readonly state: 'unserved' };

/** Why a call brought nothing, as far as the workflow goes by it. */
export type Trouble = Pick<FailedCall, 'code' | 'retryAfterMs' | 'isDoubtful'>;

/** Histories of before look by a local activity. */
const LOOK_BY_ACTIVITY = 'look-by-activity';

const LOOK = { startToCloseTimeout: '10s', retry: { initialInterval: '200ms', maximumInterval: '5s' } } as const;

/**
 * Not a local one: the purchase may end meanwhile. Where the process is short of CPU for so long that the workflow task times out under a local
 * activity, the library takes the next task into the one before, and the end that came with it is never told: the run stands still for ever.
 */
const { lookAtPurchase } = proxyActivities<MediaActivities>(LOOK);
const { lookAtPurchase: lookLocally } = proxyLocalActivities<MediaActivities>({ ...LOOK, startToCloseTimeout: '60s' });

/** When a purchase that waits is looked at: soon, then less and less often. */
const FIRST_LOOK_MS = 5_000;
const LONGEST_LOOK_MS = 300_000;
/** A call that the deadline cuts has come back within this time. */
const SLACK_MS = 60_000;
/** After the provider's own timeout, time to keep what it delivered. */
const KEEP_MS = 180_000;

/**
 * Makes a purchase on the provider's queue, or stops it while it waits there: by a cancel, by the deadline, or because nobody serves the queue
 * any more. Once its intent is written the call is heard out, as it may be paid for.
 */
export async function purchase(order: SubmitInput, queue: string, submitMs: number, cancel: CancelFlag): Promise<Purchase> {
  const isLate = (): boolean => Date.now() >= order.deadlineMs;
  const waitMs = Math.max(0, order.deadlineMs - Date.now()) + SLACK_MS;
  const scope = new CancellationScope();
  const call = { outcome: null as Purchase | Unanswered | null };
  const isOver = (): boolean => call.outcome !== null;
  const made = scope.run(() => submit(order, queue, submitMs, waitMs)).then((outcome) => (call.outcome = outcome));

  let isServed = true;
  let isBegun = false;
  for (let lookMs = FIRST_LOOK_MS; !isBegun && !isOver(); lookMs = Math.min(LONGEST_LOOK_MS, lookMs * 2)) {
    const leftMs = Math.max(1, order.deadlineMs - Date.now());
    await condition(() => cancel.isRequested || isOver(), Math.min(lookMs, leftMs));
    if (isOver()) break;
    if (!cancel.isRequested && !isLate()) ({ isBegun, isServed } = await look());
    if (!isBegun && (cancel.isRequested || isLate() || !isServed)) {
      scope.cancel();
      break;
    }
  }
  const outcome = await made;
  if (outcome.state !== 'unanswered') return outcome;

  // It waited, or was between two tries of ours. Its row says whether a call was begun.
  ({ isBegun, isServed } = await look());
  if (isBegun) {
    const last = await submit(order, queue, submitMs, SLACK_MS);
    return last.state === 'unanswered' ? { state: 'broken', code: 'outcome_unknown', retryAfterMs: null } : last;
  }
  if (cancel.isRequested) return { state: 'stopped', code: 'cancelled' };
  if (isLate()) return { state: 'stopped', code: 'expired' };
  return isServed ? { state: 'broken', code: 'internal', retryAfterMs: null } : { state: 'unserved' };

  async function look(): Promise<{ isBegun: boolean; isServed: boolean }> {
    const lookAt = patched(LOOK_BY_ACTIVITY) ? lookAtPurchase : lookLocally;
    const seen = await lookAt({ taskId: order.taskId, n: order.n, provider: order.provider });
    // The signal may have been lost; the row was not.
    cancel.isRequested ||= seen.isCancelRequested;
    return seen;
  }
}

/** The activity ended without telling what came of it. */
interface Unanswered {
  readonly state: 'unanswered';
}

async function submit(order: SubmitInput, queue: string, submitMs: number, waitMs: number): Promise<Purchase | Unanswered> {
  const { submitJob } = proxyActivities<ProviderActivities>({
    taskQueue: queue,
    scheduleToStartTimeout: waitMs,
    startToCloseTimeout: submitMs + KEEP_MS,
    // A process that died is noticed this soon.
    heartbeatTimeout: '8s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumInterval: '10s' },
  });
  try {
    return await submitJob(order);
  } catch (error) {
    const trouble = causeOf(error);
    // The provider's refusal, as opposed to a cancel, a limit of time, or a part of ours that is away.
    const isAnswer = isFailureOf(error) && trouble.code !== 'internal' && trouble.code !== 'service_unavailable';
    return isAnswer ? { state: 'broken', ...trouble } : { state: 'unanswered' };
  }
}

function isFailureOf(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure;
}

/** The code an activity failed with; a time-out of Temporal's own after the call may have been made is an unknown outcome. */
export function causeOf(error: unknown): Trouble {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
    const [retryAfterMs, isDoubtful] = cause.details ?? [];
    return {
      code: cause.type,
      retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
      ...(isDoubtful === true ? { isDoubtful } : {}),
    };
  }
  return { code: cause instanceof TimeoutFailure ? 'outcome_unknown' : 'internal', retryAfterMs: null };
}
