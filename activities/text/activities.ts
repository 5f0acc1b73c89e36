import type { Catalogue } from '../../domain/provider/catalogue';
import { AppError, type ErrorCode } from '../../domain/errors';
import { knowsRoutes, planAgain } from '../../domain/provider/plan-again';
import type { RouteState } from '../../domain/provider/plan';
import { nextStep, placeOf, type FailedCall, type PlannedRoute, type RetryPlan } from '../../domain/provider/routing';
import type { TaskStore } from '../../domain/task/store';
import { isAwaited, isTerminal, type TaskSummary } from '../../domain/task/task';
import { endMessage } from '../../domain/task/error';
import type { OwnedLane } from './lane';
import type { AttemptResult } from './run';

/** One member's next attempt. `route` null: as its intent row says. */
export interface GroupMember {
  readonly taskId: string;
  readonly n: number;
  readonly route: PlannedRoute | null;
}

/** What became of a group within the patience of one call: who is not named has ended, or has another owner. */
export interface GroupProgress {
  readonly failed: readonly { readonly taskId: string; readonly failure: FailedCall | null }[];
  readonly pending: readonly string[];
  /** Those of `pending` whose provider or key is at its limit: when to ask again. */
  readonly full?: readonly { readonly taskId: string; readonly againMs: number }[];
}

/** What the owner needs to decide about a failed task; null: it has ended. */
export interface TextPlan extends RetryPlan {
  readonly calls: readonly FailedCall[];
  /** An attempt whose intent stands without an outcome: it is joined, or found lost, before anything else. */
  readonly openAttempt: { readonly n: number; readonly route: PlannedRoute } | null;
  /** Epoch milliseconds, null without a deadline. */
  readonly deadlineMs: number | null;
}

/** A task that ends without an answer. */
export interface TextFailure {
  readonly taskId: string;
  readonly code: ErrorCode;
}

export interface TextActivities {
  /** `patienceMs`: the longest wait for the members' calls, null or absent for the usual one. */
  attemptGroup(input: {
    readonly workflowId: string;
    readonly members: readonly GroupMember[];
    readonly patienceMs?: number | null;
  }): Promise<GroupProgress>;
  /** In the order of `taskIds`. */
  planTexts(taskIds: readonly string[]): Promise<(TextPlan | null)[]>;
  endTexts(ends: readonly TextFailure[]): Promise<void>;
}

/** One call waits this long for its members; a local activity should stay below the workflow task's timeout of 10 s. */
const PATIENCE_MS = 4_000;
/** A text that waits for room at its provider leaves the others alone for this long between two times. */
const ROOM_AGAIN_MS = 2_000;
/** After the first failure, others that fail at the same time are gathered for this long. */
const GATHER_MS = 5;

export function createTextActivities(deps: {
  readonly lane: OwnedLane;
  readonly tasks: TaskStore;
  readonly catalogue: () => Catalogue;
  readonly latestCatalogue: () => Promise<Catalogue>;
  readonly state: RouteState;
  readonly random: () => number;
}): TextActivities {
  async function planTexts(taskIds: readonly string[]): Promise<(TextPlan | null)[]> {
    const tasks = new Map((await deps.tasks.findMany(taskIds)).map((task) => [task.id, task]));
    // The process that admitted a task may have heard of its model before this one.
    const isKnown = [...tasks.values()].every((task) => knowsRoutes(deps.catalogue(), task));
    const catalogue = isKnown ? deps.catalogue() : await deps.latestCatalogue();
    return taskIds.map((id) => {
      const task = tasks.get(id);
      if (task === undefined || isTerminal(task.status)) return null;
      const plan = planOf(task, catalogue, deps);
      // Before the next one is planned: of a half-open breaker one call goes out.
      const step = plan.openAttempt === null ? nextStep(plan, plan.calls, deps.random) : null;
      if (step?.kind === 'call') deps.state.take(step);
      return plan;
    });
  }

  function endText({ taskId, code }: TextFailure): Promise<void> {
    return deps.lane.end(taskId, new AppError(code, endMessage(code)));
  }

  return {
    async attemptGroup({ workflowId, members, patienceMs }) {
      const results = new Map<string, AttemptResult>();
      await settleSome(
        members.map(async (member) => {
          results.set(member.taskId, await deps.lane.attempt(member.taskId, member.n, member.route));
          return results.get(member.taskId)?.kind === 'failed';
        }),
        Math.min(PATIENCE_MS, patienceMs ?? PATIENCE_MS),
      );
      const open = members.filter((member) => results.get(member.taskId)?.kind !== 'ended').map((member) => member.taskId);
      if (open.length === 0) return { failed: [], pending: [] };
      const ours = new Set(await deps.tasks.adopt(open, workflowId));
      const failed = open
        .filter((id) => ours.has(id))
        .flatMap((taskId): GroupProgress['failed'] => {
          const result = results.get(taskId);
          if (result?.kind === 'failed') return [{ taskId, failure: result.failure }];
          return result?.kind === 'unrouted' ? [{ taskId, failure: null }] : [];
        });
      const decided = new Set(failed.map((entry) => entry.taskId));
      const pending = open.filter((id) => ours.has(id) && !decided.has(id));
      const full = pending.flatMap((taskId) => {
        const result = results.get(taskId);
        return result?.kind === 'full' ? [{ taskId, againMs: result.againMs ?? ROOM_AGAIN_MS }] : [];
      });
      return { failed, pending, ...(full.length === 0 ? {} : { full }) };
    },

    planTexts,
    async endTexts(ends) {
      await Promise.all(ends.map(endText));
    },
  };
}

/** Resolves when all are done, or shortly after the first that wants a decision, or when patience ends. Failures of ours count as open. */
async function settleSome(attempts: readonly Promise<boolean>[], patienceMs: number): Promise<void> {
  const all = Promise.allSettled(attempts);
  const firstDecision = new Promise<void>((resolve) => {
    for (const attempt of attempts)
      attempt.then(
        (wantsDecision) => wantsDecision && setTimeout(resolve, GATHER_MS),
        () => undefined,
      );
  });
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
  await Promise.race([all, firstDecision, patience]);
  clearTimeout(timer);
}

function planOf(task: TaskSummary, catalogue: Catalogue, by: Parameters<typeof planAgain>[2]): TextPlan {
  const model = catalogue.models.get(task.model);
  const { routes, fallbacks } = planAgain(task, catalogue, by);
  const open = task.attempts.find((attempt) => attempt.outcome === 'running');
  const hasClient = isAwaited(task.endpoint);
  return {
    routes,
    ...(fallbacks === undefined ? {} : { fallbacks }),
    callsPerRoute: model?.callsPerRoute ?? 1,
    // A background text has nobody who saw half an answer: a lost call is made again, and its user pays once.
    retryUnknown: hasClient ? [] : [...routes, ...Object.values(fallbacks ?? {}).flat()].map((route) => route.provider),
    calls: task.attempts
      .filter((attempt) => attempt.outcome !== 'running')
      .map((attempt) => ({ ...placeOf(attempt), code: attempt.errorCode ?? 'internal', retryAfterMs: null })),
    openAttempt: open === undefined ? null : { n: open.n, route: placeOf(open) },
    deadlineMs: task.deadlineAt?.getTime() ?? null,
  };
}
