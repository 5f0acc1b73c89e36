import { AppError, isAppError } from '../../domain/errors';
import type { Catalogue } from '../../domain/provider/catalogue';
import { callName } from '../../domain/provider/limits';
import type { PlannedRoute } from '../../domain/provider/routing';
import { isTextInput } from '../../domain/task/replay';
import type { TextEvent, TextLane, TextListener, TextOwners } from '../../domain/runner';
import type { Admission, Settlement, SettleOutcome } from '../../domain/task/store';
import { isAwaited, isTerminal, type Task } from '../../domain/task/task';
import type { AccountWrites } from '../account-writes';
import { endFromStore, makeAttempt, type AttemptDeps } from './attempts';
import { createLoadedInputs } from './loaded-inputs';
import { createOwnerGroups } from '../owner-groups';
import { createTextRun, endRun, type AttemptResult, type TextRun, type TextTask } from './run';
import { settlementOfFailure } from './settlements';

export interface TextLaneDeps extends Omit<AttemptDeps, 'settle'> {
  readonly owners: TextOwners;
  /** `CatalogueView.latest` */
  readonly latestCatalogue: () => Promise<Catalogue>;
  readonly workflowIdOf: (firstTaskId: string) => string;
  /** Of the process: its lanes write in turn. */
  readonly writes: AccountWrites;
  /** False: the api process does nothing early and the owner workflow does everything; results are the same. */
  readonly optimistic: boolean;
}

/** The lane as its owner workflow's activities see it. */
export interface OwnedLane {
  /** Makes attempt `n`, or joins it. `route` null: as its intent row says. */
  attempt(taskId: string, n: number, route: PlannedRoute | null): Promise<AttemptResult>;
  /** Ends a task without an answer. */
  end(taskId: string, error: AppError): Promise<void>;
}

export interface LocalTextLane extends TextLane, OwnedLane {
  /** A cancel was asked for somewhere: aborts the call if it is in flight here. */
  cancelled(taskId: string): void;
  /** Hands over waiting groups, then resolves when no call is in flight or `timeoutMs` passed. */
  drain(timeoutMs: number): Promise<void>;
  close(): void;
}

/** Stored inputs that this process loads for owners at once; those above wait. One alone always fits. */
const MOST_LOADED_BYTES = 64 * 1024 * 1024;
/** A run that has ended is kept for its owner, so that it joins without a read of the database; this long when none comes. */
const KEEP_ENDED_MS = 30_000;
const CANCELLED = 'The task was cancelled.';
/** How often runs look at the database: their owner may live in another process, and a cancel's notification may be lost. */
const LOOK_EVERY_MS = 1_000;

const ENDED: AttemptResult = { kind: 'ended' };

export function createTextLane(deps: TextLaneDeps): LocalTextLane {
  const runs = new Map<string, TextRun>();
  const loaded = createLoadedInputs(MOST_LOADED_BYTES);
  const { admit } = deps.writes;
  const settle = async (settlement: Settlement): Promise<SettleOutcome> => deps.writes.settle(await deps.tasks.keepResult(settlement));
  const groups = createOwnerGroups(deps.owners, deps.logger, deps.workflowIdOf);
  const attemptDeps: AttemptDeps = { ...deps, settle };

  function attemptOnce(run: TextRun, n: number, route: PlannedRoute | null, intentWritten: boolean): Promise<AttemptResult> {
    const known = run.attempts.get(n);
    if (known !== undefined) return known;
    const made = makeAttempt(attemptDeps, run, n, route, intentWritten).finally(() => {
      deps.state.leave(callName(run.task.id, n));
    });
    run.attempts.set(n, made);
    // An attempt that nobody has made here (another process is at it, or no route was chosen), or that broke off for reasons of
    // ours, may be asked for again.
    made.then(
      (result) => {
        if (result.kind === 'elsewhere' || result.kind === 'unrouted' || result.kind === 'full') run.attempts.delete(n);
        if (result.kind === 'failed') groups.hurry();
      },
      () => run.attempts.delete(n),
    );
    return made;
  }

  function begin(admission: Admission, options: { stream: boolean; listener: TextListener | null }): void {
    const { input } = admission.task;
    const catalogue = admission.catalogue ?? deps.catalogue();
    const model = catalogue.models.get(admission.task.model);
    if (model === undefined || !isTextInput(input)) throw new AppError('internal', 'A text run needs a text model and a text input.');
    const run = createTextRun(taskOfAdmission(admission, { model, catalogue }, deps.now()), input, options);
    runs.set(run.task.id, run);
    if (!deps.optimistic || admission.firstAttempt === null) {
      deps.state.leave(callName(run.task.id, 1));
      return;
    }
    attemptOnce(run, 1, admission.firstAttempt, true).catch((error: unknown) => {
      deps.logger.error({ err: error, task_id: run.task.id }, 'the first attempt failed; its owner continues');
    });
  }

  async function findRun(taskId: string): Promise<TextRun | null> {
    const local = runs.get(taskId);
    if (local !== undefined) return local;
    const task = await deps.tasks.get(taskId, null, (bytes) => {
      loaded.add(taskId, bytes);
    });
    const catalogue = task === null || deps.catalogue().models.has(task.model) ? deps.catalogue() : await deps.latestCatalogue();
    const model = task === null ? undefined : catalogue.models.get(task.model);
    // Two callers may have loaded it at once: the first one counts.
    const raced = runs.get(taskId);
    if (raced !== undefined) return raced;
    if (task === null || isTerminal(task.status) || model === undefined || !isTextInput(task.input)) {
      loaded.remove(taskId);
      return null;
    }
    const listener = (event: TextEvent): void => {
      if (event.kind === 'ended') loaded.remove(taskId);
    };
    const run = createTextRun({ ...factsOf(task), model, catalogue }, task.input, { stream: false, listener });
    runs.set(taskId, run);
    return run;
  }

  function stopRun(taskId: string, message: string): void {
    runs.get(taskId)?.abort.abort(new AppError('cancelled', message));
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();

  async function look(): Promise<void> {
    const now = performance.now();
    for (const [id, run] of runs) if (run.endedAtMs !== null && now - run.endedAtMs > KEEP_ENDED_MS) runs.delete(id);
    const waiting = [...runs.values()].filter((run) => !run.hasEnded && now - run.startedAtMs > LOOK_EVERY_MS);
    if (waiting.length === 0) return;
    try {
      const states = await deps.tasks.versions(waiting.map((run) => run.task.id));
      const ended = new Set(states.filter((state) => isTerminal(state.status)).map((state) => state.id));
      // A cancel is notified; what a notification loses is found here.
      for (const state of states) if (state.cancelRequested && !ended.has(state.id)) stopRun(state.id, CANCELLED);
      await Promise.all(waiting.filter((run) => ended.has(run.task.id)).map((run) => endFromStore(deps, run)));
    } catch (error) {
      deps.logger.warn({ err: error }, 'waiting text tasks could not be checked');
    }
  }

  return {
    async admit(given) {
      const admission = await deps.tasks.keepInput(given);
      let isAdmitted: (value: boolean) => void = () => undefined;
      const admitted = new Promise<boolean>((resolve) => (isAdmitted = resolve));
      const firstAttempt = deps.optimistic ? admission.firstAttempt : null;
      const workflowId = groups.join(admission.task.id, admitted, firstAttempt !== null);
      try {
        const outcome = await admit({ ...admission, firstAttempt, workflowId });
        isAdmitted(outcome.kind === 'admitted');
        return outcome;
      } catch (error) {
        isAdmitted(false);
        throw error;
      }
    },
    run: (admission, options) => {
      begin(admission, options);
    },
    background: (admission, onEnd) => {
      const listener = (event: TextEvent): void => {
        if (event.kind === 'ended') onEnd();
      };
      begin(admission, { stream: false, listener });
    },
    abandon(taskId) {
      stopRun(taskId, 'The client disconnected before the response was complete.');
      deps.tasks.requestCancel(taskId).catch((error: unknown) => {
        deps.logger.warn({ err: error, task_id: taskId }, 'a cancel could not be recorded');
      });
    },
    cancelled: (taskId) => {
      stopRun(taskId, CANCELLED);
    },
    async attempt(taskId, n, route) {
      const run = await findRun(taskId).catch((error: unknown) => {
        loaded.remove(taskId);
        if (isAppError(error) && error.code === 'rate_limit_exceeded') return 'full' as const;
        throw error;
      });
      if (run === 'full') return { kind: 'elsewhere' };
      const result = run === null || run.hasEnded ? ENDED : await attemptOnce(run, n, route, false);
      // Its owner knows: nobody here asks for it any more.
      if (result.kind === 'ended') runs.delete(taskId);
      return result;
    },
    async end(taskId, error) {
      const run = runs.get(taskId);
      const shown = run?.lastError?.code === error.code ? run.lastError : error;
      const settlement = settlementOfFailure(taskId, shown, null);
      const outcome = await settle(settlement);
      if (run === undefined) return;
      if (outcome === 'settled') endRun(run, { status: settlement.status, body: null, error: settlement.error, provider: run.provider });
      else await endFromStore(deps, run);
    },
    async drain(timeoutMs) {
      await groups.flush();
      const inFlight = [...runs.values()].filter((run) => !run.hasEnded).flatMap((run) => [...run.attempts.values()]);
      await Promise.race([Promise.allSettled(inFlight), new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
    },
    close: () => {
      clearInterval(timer);
    },
  };
}

function factsOf(task: Task): Omit<TextTask, 'model' | 'catalogue'> {
  const hasClient = isAwaited(task.endpoint);
  return {
    id: task.id,
    teamId: task.teamId,
    createdAt: task.createdAt,
    reservedMicroUsd: task.reservedMicroUsd,
    deadlineAt: task.deadlineAt,
    routing: task.routing,
    hasClient,
  };
}

function taskOfAdmission(admission: Admission, configured: Pick<TextTask, 'model' | 'catalogue'>, now: Date): TextTask {
  const { id, caller, endpoint, deadlineAt, routing = null } = admission.task;
  const hasClient = isAwaited(endpoint);
  return {
    id,
    teamId: caller.teamId,
    ...configured,
    createdAt: now,
    reservedMicroUsd: admission.reserveMicroUsd,
    deadlineAt,
    routing,
    hasClient,
  };
}
