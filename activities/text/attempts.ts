import type { Logger } from '../../domain/log';
import { AppError, toAppError } from '../../domain/errors';
import type { AttemptEnd, Settlement, SettleOutcome, TaskStore } from '../../domain/task/store';
import { callName } from '../../domain/provider/limits';
import { placeOf, type PlannedRoute } from '../../domain/provider/routing';
import type { InstanceStore } from '../../domain/upkeep';
import { isTerminal } from '../../domain/task/task';
import { endMessage } from '../../domain/task/error';
import { isMadeElsewhere } from '../instance';
import { keepTrying } from '../keep-trying';
import { callProvider, type CallDeps } from './call';
import { endRun, type AttemptResult, type TextRun } from './run';
import { attemptEndOf, isFinal, settlementOfAnswer, settlementOfCut, settlementOfFailure } from './settlements';

/** How long a delivered answer waits in memory for the database to come back. */
const SETTLE_PATIENCE_MS = 120_000;

/** How long an owner waits for room at a provider before it looks at its other members; less than it waits for calls. */
const ROOM_PATIENCE_MS = 3_000;
const FOREVER = new Date(8_640_000_000_000_000);

export interface AttemptDeps extends CallDeps {
  readonly tasks: TaskStore;
  readonly instances: InstanceStore;
  readonly instanceId: string;
  readonly logger: Logger;
  /** Settles in groups. */
  readonly settle: (settlement: Settlement) => Promise<SettleOutcome>;
}

/**
 * Makes attempt `n` of a run. The intent row decides who may call: the one that wrote it. `intentWritten` says that the
 * admission has just written it for us.
 */
export async function makeAttempt(
  deps: AttemptDeps,
  run: TextRun,
  n: number,
  route: PlannedRoute | null,
  intentWritten: boolean,
): Promise<AttemptResult> {
  if (run.abort.signal.aborted) return end(deps, run, settlementOfFailure(run.task.id, toAppError(run.abort.signal.reason), null));
  if (!intentWritten) {
    const known = await claimAttempt(deps, run, n, route);
    if (known !== null) return known;
  }
  if (route === null) throw new RangeError('An attempt whose intent is not written needs its route.');
  try {
    const finished = await callProvider(deps, run, n, route);
    // Somebody else ended it meanwhile, and the books are closed.
    if (run.hasEnded) return { kind: 'ended' };
    return await end(deps, run, settlementOfAnswer(run, n, finished));
  } catch (caught) {
    const error = toAppError(caught);
    if (error.code === 'internal')
      deps.logger.error({ task_id: run.task.id, err: error.cause ?? error }, 'a text attempt failed unexpectedly');
    return failAttempt(deps, run, n, route, error);
  }
}

async function failAttempt(deps: AttemptDeps, run: TextRun, n: number, route: PlannedRoute, error: AppError): Promise<AttemptResult> {
  if (run.hasEnded) return { kind: 'ended' };
  run.lastError = error;
  if (run.delivered.hasContent()) return end(deps, run, settlementOfCut(run, n, error));
  const closed = attemptEndOf(run.task.id, n, error);
  if (isFinal(run, error)) return end(deps, run, settlementOfFailure(run.task.id, error, closed));
  await keepTrying(() => deps.tasks.endAttempt(closed), SETTLE_PATIENCE_MS);
  return { kind: 'failed', failure: { ...placeOf(route), code: error.code, retryAfterMs: error.facts.retryAfterMs ?? null } };
}

/** Settles, then tells the listener. */
async function end(deps: AttemptDeps, run: TextRun, settlement: Settlement): Promise<AttemptResult> {
  const outcome = await keepTrying(() => deps.settle(settlement), SETTLE_PATIENCE_MS);
  if (outcome === 'settled') {
    endRun(run, { status: settlement.status, body: settlement.textResult?.body ?? null, error: settlement.error, provider: run.provider });
  } else {
    await endFromStore(deps, run);
  }
  return { kind: 'ended' };
}

/** Ends a run by what the database says: somebody else settled it. */
export async function endFromStore(deps: Pick<AttemptDeps, 'tasks'>, run: TextRun): Promise<boolean> {
  const task = await deps.tasks.findAnswered(run.task.id, null);
  if (task === null || !isTerminal(task.status)) return false;
  const provider = task.attempts[task.attempts.length - 1]?.provider ?? null;
  endRun(run, { status: task.status, body: task.textResult?.body ?? null, error: task.error, provider });
  return true;
}

/** Null: the attempt is ours to make. Else how it ended, or that a living process is at it. */
async function claimAttempt(deps: AttemptDeps, run: TextRun, n: number, route: PlannedRoute | null): Promise<AttemptResult | null> {
  const current = await deps.tasks.find(run.task.id, null);
  if (current !== null && current.cancelRequestedAt !== null && !isTerminal(current.status)) {
    const cancelled = new AppError('cancelled', endMessage('cancelled'));
    if (!current.attempts.some((attempt) => attempt.outcome === 'running')) {
      return end(deps, run, settlementOfFailure(run.task.id, cancelled, null));
    }
  }
  const existing = current?.attempts.find((attempt) => attempt.n === n);
  if (existing === undefined && current !== null && !isTerminal(current.status)) {
    const isLate = (run.task.deadlineAt ?? FOREVER) <= deps.now();
    if (current.phase === 'waiting_rate' && !isLate) {
      const againMs = await deps.tasks.passRate(run.task.id);
      if (againMs !== null) return { kind: 'full', againMs: untilDeadline(deps, run, againMs) };
    }
    if (route === null) return { kind: 'unrouted' };
    if (!isLate && !(await deps.state.waitToEnter(route.provider, callName(run.task.id, n), ROOM_PATIENCE_MS, run.task.hasClient))) {
      return { kind: 'full' };
    }
    const begun = await deps.tasks.beginAttempt({ taskId: run.task.id, n, ...placeOf(route), instanceId: deps.instanceId });
    if (begun.kind === 'begun') return null;
    if (begun.kind === 'stopped') {
      return end(deps, run, settlementOfFailure(run.task.id, new AppError(begun.code, endMessage(begun.code)), null));
    }
    return begun.kind === 'ended' ? endedElsewhere(deps, run) : { kind: 'elsewhere' };
  }
  if (existing === undefined || current === null || isTerminal(current.status)) return endedElsewhere(deps, run);
  if (existing.outcome !== 'running') {
    return { kind: 'failed', failure: { ...placeOf(existing), code: existing.errorCode ?? 'internal', retryAfterMs: null } };
  }
  if (await isMadeElsewhere(deps, existing)) return { kind: 'elsewhere' };
  return loseAttempt(deps, run, n, existing);
}

/** No later than the task's deadline, at which it ends. */
function untilDeadline(deps: Pick<AttemptDeps, 'now'>, { task: { deadlineAt } }: TextRun, ms: number): number {
  return Math.max(1, Math.min(ms, (deadlineAt ?? FOREVER).getTime() - deps.now().getTime()));
}

async function endedElsewhere(deps: AttemptDeps, run: TextRun): Promise<AttemptResult> {
  await endFromStore(deps, run);
  return { kind: 'ended' };
}

/** The process that made the call is gone. With a waiting client: the end. In the background: the owner decides. */
async function loseAttempt(deps: AttemptDeps, run: TextRun, n: number, route: PlannedRoute): Promise<AttemptResult> {
  const error = new AppError('outcome_unknown', endMessage('outcome_unknown'));
  const closed: AttemptEnd = attemptEndOf(run.task.id, n, error);
  if (run.task.hasClient) return end(deps, run, settlementOfFailure(run.task.id, error, closed));
  await deps.tasks.endAttempt(closed);
  return { kind: 'failed', failure: { ...placeOf(route), code: 'outcome_unknown', retryAfterMs: null } };
}
