import { knowsRoutes, planAgain } from '../../domain/provider/plan-again';
import { nextStep, placeOf, type FailedCall, type PlannedRoute, type RetryPlan } from '../../domain/provider/routing';
import { parameterLacking } from '../../domain/provider/media-support';
import type { Catalogue, Model } from '../../domain/provider/catalogue';
import { isTerminal, type Attempt } from '../../domain/task/task';
import { isDoubtfulAttempt } from './job';
import { isMediaTask, loadMediaTask, type MediaDeps, type MediaTask } from './deps';

/** What the owner workflow of an image or video task decides by. Recorded in its history: names and numbers only. */
export interface MediaPlan extends RetryPlan {
  readonly calls: readonly FailedCall[];
  /** An attempt to take up: begun, accepted by the provider, or delivered. */
  readonly open: (PlannedRoute & { readonly n: number; readonly state: 'begun' | 'accepted' | 'delivered' }) | null;
  /** Epoch milliseconds after which the task expires. */
  readonly deadlineMs: number;
  readonly submitMs: number;
  readonly cancelRequested: boolean;
}

/** What is known of a purchase that waits for its provider. */
export interface PurchaseState {
  /** Its intent is written: the call may be under way. */
  readonly isBegun: boolean;
  /** The provider is configured, so that somebody serves its queue. */
  readonly isServed: boolean;
  readonly isCancelRequested: boolean;
}

/** Looks at a purchase without touching it. */
export async function lookAtPurchase(
  deps: MediaDeps,
  { taskId, n, provider }: { readonly taskId: string; readonly n: number; readonly provider: string },
): Promise<PurchaseState> {
  const task = await loadMediaTask(deps, taskId);
  return {
    isBegun: task.attempts.some((attempt) => attempt.n === n),
    isServed: isServed(deps.catalogue(), provider) || isServed(await deps.latestCatalogue(), provider),
    isCancelRequested: task.cancelRequestedAt !== null,
  };
}

function isServed({ providers }: Catalogue, name: string): boolean {
  const provider = providers.get(name);
  return provider !== undefined && provider.disabled !== true;
}

/** A task waits for the rate of its key, at most until its deadline: when to ask again. */
export interface RateWait {
  readonly rateAgainMs: number;
}

/**
 * Adopts the task for its workflow (which has the task's id). Null: it has ended or is no media task.
 * @param waitedUntilMs - epoch milliseconds until which the task waited for the rate of its key: its time counts from then on
 */
export async function planMedia(deps: MediaDeps, taskId: string, waitedUntilMs = 0): Promise<MediaPlan | RateWait | null> {
  const owned = await deps.tasks.adopt([taskId], taskId);
  if (owned.length === 0) return null;
  const found = await deps.tasks.get(taskId, null);
  if (found === null || !isMediaTask(found) || isTerminal(found.status)) return null;
  const rateAgainMs = await rateWait(deps, found);
  if (rateAgainMs !== null) return { rateAgainMs };
  const plan = await planOf(deps, await withTakenUpResult(deps, found), waitedUntilMs);
  if (plan.open === null) {
    const step = nextStep(plan, plan.calls, deps.random);
    if (step.kind === 'call') deps.state.take(step);
  }
  return plan;
}

/** What is to be done with a task, by its rows. */
export async function planOf(deps: MediaDeps, task: MediaTask, waitedUntilMs = 0): Promise<MediaPlan> {
  // The process that admitted it may have heard of the model before this one.
  const catalogue = knowsRoutes(deps.catalogue(), task) ? deps.catalogue() : await deps.latestCatalogue();
  const model = catalogue.models.get(task.model);
  const { state, random } = deps;
  const routes = planAgain(task, catalogue, { state, random, unsupported: parameterLacking(task.input) });
  const open = task.attempts.find((attempt) => openState(attempt) !== null);
  const openAs = open === undefined ? null : openState(open);
  return {
    ...routes,
    callsPerRoute: model?.callsPerRoute ?? 1,
    retryUnknown: [...catalogue.providers.values()]
      .filter((provider) => provider.unknownOutcome === 'retry')
      .map((provider) => provider.name),
    calls: isLost(task) ? [LOST] : task.attempts.filter((attempt) => openState(attempt) === null).map(callOf),
    open: open === undefined || openAs === null ? null : { ...placeOf(open), n: open.n, state: openAs },
    deadlineMs: deadlineOf(task, model, waitedUntilMs),
    submitMs: model?.timeouts.submitMs ?? 60_000,
    cancelRequested: task.cancelRequestedAt !== null,
  };
}

/** When a task is late, epoch milliseconds. */
export function deadlineOf(
  { createdAt, deadlineAt }: Pick<MediaTask, 'createdAt' | 'deadlineAt'>,
  model: Model | undefined,
  waitedUntilMs = 0,
): number {
  const mostMs = model?.timeouts.totalMs ?? TOTAL_OF_GONE_MODEL_MS;
  return Math.min(deadlineAt?.getTime() ?? Number.MAX_SAFE_INTEGER, Math.max(createdAt.getTime(), waitedUntilMs) + mostMs);
}
const TOTAL_OF_GONE_MODEL_MS = 3_600_000;

/** In how many milliseconds a task that waits for the rate of its key asks again; null: it goes on, if only to its end. */
async function rateWait(deps: MediaDeps, { id, phase, cancelRequestedAt, deadlineAt }: MediaTask): Promise<number | null> {
  const leftMs = (deadlineAt?.getTime() ?? Number.MAX_SAFE_INTEGER) - deps.now().getTime();
  if (phase !== 'waiting_rate' || cancelRequestedAt !== null || leftMs <= 0) return null;
  const againMs = await deps.tasks.passRate(id);
  return againMs === null ? null : Math.min(againMs, leftMs);
}

/** A replay that takes up a delivered result begins with the attempt that bought it. */
async function withTakenUpResult(deps: MediaDeps, task: MediaTask): Promise<MediaTask> {
  const { resumes } = task.input;
  if (resumes === undefined || task.attempts.length > 0) return task;
  await deps.tasks.adoptDelivered(task.id, resumes);
  const adopted = await deps.tasks.get(task.id, null);
  return adopted !== null && isMediaTask(adopted) ? adopted : task;
}

/** Nothing was reserved for a purchase, so a result that is gone ends the task instead of being bought again. */
function isLost(task: MediaTask): boolean {
  return task.input.resumes !== undefined && task.attempts.length === 0;
}
const LOST: FailedCall = { provider: '', model: '', code: 'asset_storage_failed', retryAfterMs: null };

function openState(attempt: Attempt): 'begun' | 'accepted' | 'delivered' | null {
  if (attempt.delivered !== null) return 'delivered';
  if (attempt.outcome === 'accepted') return 'accepted';
  return attempt.outcome === 'running' ? 'begun' : null;
}

function callOf(attempt: Attempt): FailedCall {
  const code = attempt.errorCode ?? 'internal';
  return { ...placeOf(attempt), code, retryAfterMs: null, ...(isDoubtfulAttempt(attempt) ? { isDoubtful: true } : {}) };
}
