import { cancellationSignal } from '@temporalio/activity';
import { toAppError } from '../../domain/errors';
import { notYet, toFailure, withFailures, withHeartbeat } from '../activity';
import type { MediaDeps } from './deps';
import { finishMedia, type MediaEnd } from './finish';
import { followJob, type FollowOutcome } from './follow';
import { lookAtPurchase, planMedia, type MediaPlan, type PurchaseState, type RateWait } from './plan';
import type { AttemptRef } from './job';
import { cancelJob, createUnknownStatusLog, pollJob, type PollInput, type PollOutcome } from './poll';
import type { Nearness } from './join';
import type { Slots } from './slots';
import { storeAssets } from './store';
import { submitJob, type SubmitAnswer, type SubmitInput } from './submit';

/** Run on the queue of the workflow: short work against our own parts, and looks at jobs. */
export interface MediaActivities {
  planMedia(taskId: string, waitedUntilMs?: number): Promise<MediaPlan | RateWait | null>;
  lookAtPurchase(purchase: AttemptRef & { readonly provider: string }): Promise<PurchaseState>;
  pollJob(input: PollInput): Promise<PollOutcome>;
  cancelJob(ref: AttemptRef): Promise<boolean>;
  followJob(input: PollInput): Promise<FollowOutcome>;
  storeAssets(ref: AttemptRef): Promise<void>;
  finishMedia(end: MediaEnd): Promise<void>;
}

/** Run on the provider's own queue, whose workers cap how many calls it gets at once. */
export interface ProviderActivities {
  submitJob(input: SubmitInput): Promise<SubmitAnswer>;
}

/** How soon to look again at a first attempt that this process makes. */
const LOOK_AGAIN_MS = 1_000;

export function createMediaActivities(deps: MediaDeps): MediaActivities {
  const logUnknown = createUnknownStatusLog(deps.logger);
  return {
    planMedia: (taskId, waitedUntilMs) => withFailures(() => planMedia(deps, taskId, waitedUntilMs)),
    lookAtPurchase: (purchase) => withFailures(() => lookAtPurchase(deps, purchase)),
    pollJob: (input) => withFailures(() => withHeartbeat(() => pollJob(deps, input, logUnknown))),
    cancelJob: (ref) => withFailures(() => withHeartbeat(() => cancelJob(deps, ref))),
    followJob: (input) => withFailures(() => withHeartbeat(() => followJob(deps, input))),
    finishMedia: (end) => withFailures(() => finishMedia(deps, end)),
    async storeAssets(ref) {
      try {
        await withHeartbeat(() => storeAssets(deps, ref));
      } catch (caught) {
        const error = toAppError(caught);
        deps.logger.warn({ err: error, task_id: ref.taskId }, 'a delivered result could not be stored');
        // A web page stays one; everything else may be S3 having a bad minute.
        throw toFailure(error, error.facts.isPermanent === true ? 'never' : 'always');
      }
    },
  };
}

/** The first attempts that this process makes beside the calls of workflows. */
interface BesideCalls {
  /** Such a call is under way: it is waited for, not judged. */
  nearness(taskId: string): Nearness;
  /** Counts calls of both kinds: those of workflows come first. */
  readonly slots: Pick<Slots, 'wait'>;
}

export function createProviderActivities(deps: MediaDeps, beside: BesideCalls | null = null): ProviderActivities {
  const submit = joinCalls(
    ({ taskId, n }: SubmitInput) => `${taskId}:${String(n)}`,
    (input) => submitJob(deps, input),
  );
  return {
    submitJob: (input) =>
      withFailures(() =>
        withHeartbeat(async () => {
          if (beside === null) return submit(input);
          if (beside.nearness(input.taskId) === 'under_way') throw notYet(LOOK_AGAIN_MS);
          const provider = deps.catalogue().providers.get(input.provider);
          const leave = provider === undefined ? () => undefined : await beside.slots.wait(provider, cancellationSignal());
          try {
            return await submit(input);
          } finally {
            leave();
          }
        }),
      ),
  };
}

/**
 * Makes each call once at a time: whoever asks for one that is under way waits for the same answer. Temporal may begin an activity again while
 * its first try still runs (the process was stopped for a while, or Temporal was), and a purchase must not be judged lost by a second try
 * beside the one that makes it.
 */
function joinCalls<Input, Answer>(
  keyOf: (input: Input) => string,
  call: (input: Input) => Promise<Answer>,
): (input: Input) => Promise<Answer> {
  const underWay = new Map<string, Promise<Answer>>();
  return (input) => {
    const key = keyOf(input);
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const made = call(input).finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  };
}
