import { toAppError } from '../../domain/errors';
import { toFailure, withFailures, withHeartbeat } from '../activity';
import type { MediaDeps } from './deps';
import { finishMedia, type MediaEnd } from './finish';
import { followJob, type FollowOutcome } from './follow';
import { lookAtPurchase, planMedia, type MediaPlan, type PurchaseState, type RateWait } from './plan';
import type { AttemptRef } from './job';
import { cancelJob, pollJob, type PollInput, type PollOutcome } from './poll';
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

/** Words remembered as told; beyond that the oldest are told again. */
const MOST_WORDS = 200;

export function createMediaActivities(deps: MediaDeps): MediaActivities {
  const toldWords = new Set<string>();
  const logUnknown = (provider: string, status: string): void => {
    const word = `${provider}: ${status}`;
    if (toldWords.has(word)) return;
    if (toldWords.size >= MOST_WORDS) toldWords.clear();
    toldWords.add(word);
    deps.logger.warn({ provider, status }, 'a provider reported an unknown job status; it counts as pending');
  };
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

export function createProviderActivities(deps: MediaDeps): ProviderActivities {
  const submit = joinCalls(
    ({ taskId, n }: SubmitInput) => `${taskId}:${String(n)}`,
    (input) => submitJob(deps, input),
  );
  return { submitJob: (input) => withFailures(() => withHeartbeat(() => submit(input))) };
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
