import { AppError, toAppError, type ErrorCode } from '../../domain/errors';
import { routeOf, type Timeouts, type UnknownOutcomePolicy } from '../../domain/provider/catalogue';
import { placeOf, type PlannedRoute } from '../../domain/provider/routing';
import type { MediaCall, MediaResult, Submission } from '../../domain/provider/provider';
import type { AttemptEnd } from '../../domain/task/store';
import type { Attempt, Delivered } from '../../domain/task/task';
import { operationKeyOf } from '../../domain/campaign/item-task';
import { priorityKeyOf } from '../../domain/task/priority';
import { endMessage } from '../../domain/task/error';
import type { Holding } from '../../lib/held-bytes';
import { isDoubtful, notYet } from '../activity';
import { isMadeElsewhere } from '../instance';
import { keepTrying } from '../keep-trying';
import { loadMediaTask, mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { heldFor, loadInputs, measureInputs, type Measured } from './inputs';
import { keepDelivered } from './staging';
import { ACCEPTED, closeAttempt, closeDelivered, closeFailed, isDoubtfulAttempt } from './job';
import { storeAtOnce, type StoredResult } from './store';

export interface SubmitInput extends PlannedRoute {
  readonly taskId: string;
  readonly n: number;
  /** Epoch milliseconds after which the task expires: no call begins then, and none lasts longer. */
  readonly deadlineMs: number;
}

/**
 * `ended`: the task had ended. `stored`: the result is kept as assets. `delivered`: it is kept, to be stored. `accepted`: a job to poll.
 * `failed`: the provider's verdict, or what an earlier try wrote down. `stopped`: no call was made, as the task is to end.
 */
export type SubmitAnswer =
  | { readonly state: 'ended' | 'stored' | 'delivered' }
  | { readonly state: 'accepted'; readonly pollAfterMs: number; readonly upstreamId?: string }
  | { readonly state: 'failed'; readonly code: ErrorCode; readonly isDoubtful?: boolean }
  | { readonly state: 'stopped'; readonly code: 'cancelled' | 'expired' | 'credential_frozen' };

const PATIENCE_MS = 120_000;
/** How soon to look again at a call that another process makes. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Buys a generation: the intent row first, then the call, then what came of it. When the intent stands already (the process that
 * wrote it died), the call is repeated only where that cannot buy twice; else its outcome is unknown. While that process lives, it is waited for.
 * @throws AppError by the class of the failure
 */
export async function submitJob(deps: MediaDeps, input: SubmitInput): Promise<SubmitAnswer> {
  const task = await loadMediaTask(deps, input.taskId);
  const measured = await measureInputs(deps, task);
  const holding = deps.held.open(task.teamId);
  try {
    // Before the intent: a purchase that waits for room can be ended.
    await holding.room(measured.bytes);
    return await buy(deps, task, input, { measured, holding });
  } finally {
    holding.release();
  }
}

/** The files of a purchase: what is known of them and where they are counted. */
interface Files {
  readonly measured: Measured;
  readonly holding: Holding;
}

async function buy(deps: MediaDeps, task: MediaTask, input: SubmitInput, files: Files): Promise<SubmitAnswer> {
  const { taskId, n } = input;
  const deadlineAt = new Date(input.deadlineMs);
  const limits = deps.catalogue().providers.get(input.provider)?.limits;
  const turn = limits === undefined ? {} : { turn: { rank: priorityKeyOf(task), limits } };
  const begun = await deps.tasks.beginAttempt({ taskId, n, ...placeOf(input), instanceId: deps.instanceId, deadlineAt, ...turn });
  // Between two tries it occupies nothing.
  if (begun.kind === 'full') throw notYet(begun.againMs);
  if (begun.kind === 'ended') return { state: 'ended' };
  if (begun.kind === 'stopped') return { state: 'stopped', code: begun.code };
  if (begun.kind === 'exists') {
    const known = knownAnswer(begun.attempt);
    if (begun.attempt.delivered !== null) await closeDelivered(deps, input, begun.attempt);
    if (known !== null) return known;
    if (await isMadeElsewhere(deps, begun.attempt)) throw notYet(LOOK_AGAIN_MS);
    const found = await reconcile(deps, input, operationKeyOf(task, n));
    if (found !== null) return accept(deps, input, found, 0);
  }
  return buyBegun(deps, task, input, { ...files, keep: writeDown });
}

/** What a purchase needs beside its order. */
interface Means extends Files {
  /** Writes a stored result down. */
  readonly keep: (deps: MediaDeps, input: SubmitInput, stored: StoredResult, upstreamId: string | null) => Promise<void>;
  /** Waits for its turn to store a result, and answers what ends it; absent: every result is stored at once. */
  readonly turn?: () => Promise<() => void>;
}

/** As `submitJob`, of a purchase whose intent this process has just written. */
export async function buyBegun(deps: MediaDeps, task: MediaTask, input: SubmitInput, means: Means): Promise<SubmitAnswer> {
  const { keep, turn, ...files } = means;
  let endTurn = (): void => undefined;
  try {
    // Found once: a provider that leaves the configuration now is heard out.
    const reached = mediaProvider(deps, input);
    const submission = await observed(deps, input, () => callProvider(deps, reached, task, { input, ...files }));
    if (submission.state === 'accepted') return await accept(deps, input, submission.upstreamId, submission.pollAfterMs);
    if (submission.state !== 'completed') {
      await closeFailed(deps, input, {
        error: submission.error,
        outcome: submission.state,
        upstreamId: submission.upstreamId,
        isVerdict: true,
      });
      return { state: 'failed', code: submission.error.code };
    }
    files.holding.add(sizeOf(submission.result));
    if (turn !== undefined) endTurn = await turn();
    const stored = await storeAtOnce(deps, task, submission.result, {
      provider: input.provider,
      drawsWatermark: reached.drawsWatermark,
    });
    if (stored !== null) {
      // What is written down travels with what else is, and occupies no processor meanwhile.
      endTurn();
      await keep(deps, input, stored, submission.upstreamId);
      return { state: 'stored' };
    }
    const delivered = await keepDelivered(deps, task, input.n, submission.result);
    await closeAttempt(deps, succeeded(input, delivered, submission.upstreamId));
    return { state: 'delivered' };
  } catch (caught) {
    const error = asPurchase(toAppError(caught), deps.catalogue().providers.get(input.provider)?.unknownOutcome ?? null);
    if (error.code === 'internal' || error.code === 'service_unavailable') throw error;
    await closeLost(deps, input, error);
    throw error;
  } finally {
    endTurn();
  }
}

/** How an attempt that delivered is closed. */
export function succeeded({ taskId, n }: SubmitInput, { reportedMicroUsd }: Delivered, upstreamId: string | null): AttemptEnd {
  return { taskId, n, outcome: 'succeeded', errorCode: null, upstreamId, costMicroUsd: BigInt(reportedMicroUsd ?? '0') };
}

/** Assets, delivery and attempt, one after the other: whichever is lost, a repeat or a replay makes up for it. */
export async function writeDown(deps: MediaDeps, input: SubmitInput, { assets, delivered }: StoredResult, upstreamId: string | null) {
  await keepTrying(() => deps.assets.insert(assets), PATIENCE_MS);
  await keepTrying(() => deps.tasks.recordDelivered(input.taskId, input.n, delivered), PATIENCE_MS);
  await closeAttempt(deps, succeeded(input, delivered, upstreamId));
}

function sizeOf({ outputs }: MediaResult): number {
  return outputs.reduce((sum, output) => sum + (output.from === 'bytes' ? output.bytes.byteLength : 0), 0);
}

const TIMEOUTS_OF_GONE_MODEL = { firstByteMs: 60_000, wholeFirstByteMs: 60_000, idleMs: 120_000, submitMs: 60_000, totalMs: 3_600_000 };

/** What may well have been paid for is not bought again as if it had failed: an answer that cannot be read, a failure that proves nothing. */
function asPurchase(error: AppError, policy: UnknownOutcomePolicy | null): AppError {
  const isUnknown = error.code === 'provider_bad_response' || (policy === 'stop' && isDoubtful(error));
  const words = `${error.message} It may have been carried out, so it was not repeated`;
  if (isUnknown) return new AppError('outcome_unknown', `${words}.`, error.facts, error);
  return policy === null && isDoubtful(error) ? new AppError(error.code, `${words} there.`, error.facts, error) : error;
}

/** Lets the state of providers know how the call ended. */
async function observed(deps: MediaDeps, input: SubmitInput, call: () => Promise<Submission>): Promise<Submission> {
  const [route, beganAt] = [placeOf(input), deps.now()];
  try {
    const submission = await call();
    deps.state.ended({ route, code: 'error' in submission ? submission.error.code : null, beganAt });
    return submission;
  } catch (error) {
    deps.state.ended({ route, code: toAppError(error).code, beganAt });
    throw error;
  }
}

async function callProvider(
  deps: MediaDeps,
  { provider, media }: ReturnType<typeof mediaProvider>,
  task: MediaTask,
  { input, measured, holding }: Files & { readonly input: SubmitInput },
): Promise<Submission> {
  const wantsCallbacks = provider.webhooks === true;
  if (measured.failure !== null) throw measured.failure;
  const files = await loadInputs(deps, task);
  const sizes = [...files.images, ...(files.video === null ? [] : [files.video])].map(({ sizeBytes }) => ({ bytes: sizeBytes }));
  holding.add(Math.max(0, heldFor(sizes) - measured.bytes));
  const configured = deps.catalogue().models.get(input.served ?? task.model)?.timeouts ?? TIMEOUTS_OF_GONE_MODEL;
  const leftMs = Math.max(1, input.deadlineMs - deps.now().getTime());
  const within = (ms: number): number => Math.min(ms, leftMs);
  const timeouts: Timeouts = {
    firstByteMs: within(configured.firstByteMs),
    wholeFirstByteMs: within(configured.wholeFirstByteMs),
    idleMs: within(configured.idleMs),
    submitMs: within(configured.submitMs),
    totalMs: within(configured.totalMs),
  };
  const wantsPartials = (task.input.output.partial_images ?? 0) > 0;
  return media.submit({
    kind: task.input.operation,
    model: input.model,
    prompt: task.input.prompt,
    negativePrompt: task.input.negative_prompt ?? null,
    images: files.images,
    video: files.video,
    output: task.input.output,
    params: task.input.params,
    ...routeExtras(deps, task, input),
    callbackUrl: wantsCallbacks ? deps.callbackUrl({ taskId: task.id, n: input.n }) : null,
    operationKey: operationKeyOf(task, input.n),
    timeouts,
    // Never cut short by a cancel: a paid call that is under way is cheaper to hear out than to guess about.
    signal: new AbortController().signal,
    ...(wantsPartials ? { onPartial: (partial) => keepPartial(deps, task, partial) } : {}),
  });
}

/** What the route adds to the request, while it is configured. */
function routeExtras(deps: MediaDeps, task: MediaTask, input: SubmitInput): Pick<MediaCall, 'options' | 'map'> {
  const { options, map } = routeOf(deps.catalogue(), input.served ?? task.model, input) ?? {};
  return { ...(options === undefined ? {} : { options }), ...(map === undefined ? {} : { map }) };
}

async function keepPartial(
  deps: MediaDeps,
  task: MediaTask,
  partial: { index: number; bytes: Uint8Array; contentType: string },
): Promise<void> {
  try {
    await deps.partials.put(task.id, partial.index, partial.bytes, partial.contentType);
    await deps.tasks.setProgress(task.id, 'calling_provider', 0.2 + 0.1 * Math.min(6, partial.index + 1));
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'a partial image could not be kept');
  }
}

function knownAnswer(attempt: Attempt): SubmitAnswer | null {
  if (attempt.delivered !== null) {
    return { state: attempt.delivered.outputs.every((output) => output.from === 'stored') ? 'stored' : 'delivered' };
  }
  if (attempt.outcome === 'accepted') return { state: 'accepted', pollAfterMs: 0 };
  if (attempt.outcome === 'running') return null;
  return { state: 'failed', code: attempt.errorCode ?? 'internal', ...(isDoubtfulAttempt(attempt) ? { isDoubtful: true } : {}) };
}

/** How soon to look up again a purchase whose provider cannot be asked now. */
const LOOK_UP_AGAIN_MS = 2_000;
/** Troubles with looking up that pass; they say nothing of the purchase. */
const PASSING: readonly ErrorCode[] = ['provider_unavailable', 'provider_timeout', 'provider_bad_response', 'rate_limited', 'cancelled'];

/**
 * After a crash between the intent and the answer. Null: it is safe to call (again).
 * @throws AppError `outcome_unknown` where nobody can tell; "not yet" while the provider cannot be asked
 */
async function reconcile(deps: MediaDeps, input: SubmitInput, operationKey: string): Promise<string | null> {
  try {
    const { provider, media } = mediaProvider(deps, input);
    if (provider.honoursIdempotencyKey) return null;
    if (media.find !== undefined) return await media.find(operationKey, AbortSignal.timeout(30_000));
  } catch (caught) {
    const error = toAppError(caught);
    const isLate = deps.now().getTime() >= input.deadlineMs;
    if (!isLate && PASSING.includes(error.code)) throw notYet(error.facts.retryAfterMs ?? LOOK_UP_AGAIN_MS);
    deps.logger.warn({ err: error, task_id: input.taskId, provider: input.provider }, 'a purchase could not be looked up');
  }
  const error = new AppError('outcome_unknown', endMessage('outcome_unknown'));
  await closeLost(deps, input, error);
  throw error;
}

async function accept(deps: MediaDeps, input: SubmitInput, upstreamId: string, pollAfterMs: number): Promise<SubmitAnswer> {
  const accepted = { ...input, outcome: 'accepted', errorCode: null, upstreamId, costMicroUsd: 0n } as const;
  await keepTrying(() => deps.tasks.endAttempt(accepted, ACCEPTED), PATIENCE_MS);
  return { state: 'accepted', pollAfterMs, upstreamId };
}

/** A call that brought no answer, or a refusal. */
function closeLost(deps: MediaDeps, input: SubmitInput, error: AppError): Promise<void> {
  return closeFailed(deps, input, {
    error,
    outcome: error.code === 'outcome_unknown' ? 'unknown' : 'failed',
    upstreamId: null,
    isVerdict: false,
  });
}
