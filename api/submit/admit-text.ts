import type { Quote } from '../../domain/admission/quote';
import { AppError } from '../../domain/errors';
import { callName } from '../../domain/provider/limits';
import type { Admission, AdmitOutcome } from '../../domain/task/store';
import { isAwaited } from '../../domain/task/task';
import type { ApiContext } from '../deps';
import { admissionOf, quote } from './prepare';
import type { TextSubmission } from './submission';

type Deps = Pick<ApiContext, 'lane' | 'newId' | 'routeState' | 'settings'>;

/** A provider that was full a moment ago is left out at once; of another one it takes no longer than this to know. */
const ASK_MS = 100;
/** While every provider is full, how often the routes are planned anew: another one may have room first. */
const REPLAN_MS = 250;

/**
 * The admission of a text by a route that has room. When none has, a client waits for its first byte's time, and what nobody waits for is left
 * to its owner workflow.
 * @throws AppError of `quote`, `rate_limit_exceeded`
 */
export async function roomForText(context: Deps, submission: TextSubmission): Promise<Admission> {
  const beganMs = performance.now();
  for (;;) {
    const quoted = quote(context, submission);
    const admission = admissionOf(context, submission, quoted);
    const first = admission.firstAttempt;
    const { routeState } = context;
    if (first === null) return admission;
    const call = callName(admission.task.id, 1);
    if (routeState.enter(first.provider, call)) return admission;
    const isAwaitedHere = isAwaited(submission.endpoint);
    if (quoted.isFull && !isAwaitedHere) return { ...admission, firstAttempt: null };
    const leftMs = quoted.model.timeouts.firstByteMs - (performance.now() - beganMs);
    if (leftMs <= 0) throw noRoom(quoted);
    const waitMs = quoted.isFull ? REPLAN_MS : ASK_MS;
    if (await routeState.waitToEnter(first.provider, call, Math.min(leftMs, waitMs), isAwaitedHere)) return admission;
  }
}

/** Admits a text whose first call has its place, and gives the place back when the call is not made. */
export async function admitText({ lane, routeState }: Pick<Deps, 'lane' | 'routeState'>, admission: Admission): Promise<AdmitOutcome> {
  const call = callName(admission.task.id, 1);
  // At once, before another request is planned: of a half-open breaker one call goes out.
  if (admission.firstAttempt !== null) routeState.take(admission.firstAttempt);
  try {
    const outcome = await lane.admit(admission);
    if (outcome.kind !== 'admitted' || outcome.isWaiting === true) routeState.leave(call);
    return outcome;
  } catch (error) {
    routeState.leave(call);
    throw error;
  }
}

/** The admission as it was stored: what waits for the rate of its key makes no call yet. */
export function asAdmitted(admission: Admission, outcome: AdmitOutcome): Admission {
  return outcome.kind === 'admitted' && outcome.isWaiting === true ? { ...admission, firstAttempt: null } : admission;
}

function noRoom({ model, routes }: Quote): AppError {
  const providers = [...new Set(routes.map(({ provider }) => JSON.stringify(provider)))].join(', ');
  const message =
    `Every provider of the model ${JSON.stringify(model.name)} is at its limit of calls (${providers}). ` +
    'Nothing was started and nothing was charged; send the request again in a moment.';
  return new AppError('rate_limit_exceeded', message, { retryAfterMs: 1_000 });
}
