import { continueAsNew, proxyLocalActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { TextActivities, TextFailure, TextPlan } from '../activities/text/activities';
import { nextStep, placeOf, type FailedCall } from '../domain/provider/routing';
import type { TextGroupInput } from './contract';

const { attemptGroup, planTexts, endTexts } = proxyLocalActivities<TextActivities>({
  // Never reached by a healthy call, which waits 4 s at most; a database that is away is retried until it is back.
  startToCloseTimeout: '60s',
  retry: { initialInterval: '200ms', maximumInterval: '5s' },
});

/** When nothing was decided and nothing ended: the calls are long, or made by another process. */
const LOOK_AGAIN_MS = 250;

interface Member {
  readonly taskId: string;
  /** The attempt to join or to make. `route` null: as its intent row says. */
  n: number;
  route: TextPlan['routes'][number] | null;
  dueAtMs: number;
  /** Known from the first failure on. */
  plan: TextPlan | null;
  calls: FailedCall[];
}

/**
 * Owns a group of text generations: joins the first attempts that the api process already began, and decides what follows a
 * failure. Members are called side by side inside one activity, and one never touches the others.
 *
 * One local activity at a time, always: of several in flight the SDK may resolve a replay's in another order than the run's
 * (sdk-python issue 1881, the same core), which gives one the result of the other.
 */
export async function textGroup(input: TextGroupInput): Promise<void> {
  const { workflowId } = workflowInfo();
  let members = input.taskIds.map((taskId): Member => ({ taskId, n: 1, route: null, dueAtMs: 0, plan: null, calls: [] }));
  while (members.length > 0) {
    const now = Date.now();
    const due = members.filter((member) => member.dueAtMs <= now);
    const later = members.filter((member) => member.dueAtMs > now);
    const nextDueMs = Math.min(...later.map((member) => member.dueAtMs));
    if (due.length === 0) {
      await sleep(nextDueMs - now);
      continue;
    }
    const {
      failed,
      pending,
      full = [],
    } = await attemptGroup({
      workflowId,
      members: due.map(({ taskId, n, route }) => ({ taskId, n, route })),
      patienceMs: later.length === 0 ? null : nextDueMs - now,
    });
    const isPending = new Set(pending);
    const againMs = new Map(full.map((entry) => [entry.taskId, entry.againMs]));
    const waiting = due.filter((member) => isPending.has(member.taskId));
    for (const member of waiting) member.dueAtMs = againMs.has(member.taskId) ? Date.now() + (againMs.get(member.taskId) ?? 0) : 0;
    const failures = new Map(failed.map(({ taskId, failure }) => [taskId, failure]));
    const goingOn = await decide(
      due.filter((member) => failures.has(member.taskId)),
      failures,
    );
    const untilNextMs = nextDueMs - Date.now();
    if (waiting.length === due.length && untilNextMs > 0) await sleep(Math.min(LOOK_AGAIN_MS, untilNextMs));
    members = [...waiting, ...goingOn, ...later];
    // Long waits for room: whoever goes on finds in the database what there is to know.
    if (members.length > 0 && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof textGroup>({ taskIds: members.map(({ taskId }) => taskId) });
    }
  }
}

/** What follows the failure of each; answers those that go on. A failure of null: no route was chosen yet. */
async function decide(members: readonly Member[], failures: ReadonlyMap<string, FailedCall | null>): Promise<Member[]> {
  if (members.length === 0) return [];
  const unplanned = members.filter((member) => member.plan === null);
  const plans = unplanned.length === 0 ? [] : await planTexts(unplanned.map((member) => member.taskId));
  const planOf = new Map(unplanned.map((member, index) => [member.taskId, plans[index] ?? null]));
  const ends: TextFailure[] = [];
  const goingOn = members.filter((member) => {
    const failure = failures.get(member.taskId) ?? null;
    if (member.plan !== null) {
      // It has another owner.
      if (failure === null) return false;
      member.calls.push(failure);
    } else {
      const plan = planOf.get(member.taskId) ?? null;
      if (plan === null) return false;
      begin(member, plan, failure);
      if (plan.openAttempt !== null) return true;
    }
    const end = goOn(member);
    if (end !== null) ends.push(end);
    return end === null;
  });
  if (ends.length > 0) await endTexts(ends);
  return goingOn;
}

/** Takes what the database knows. */
function begin(member: Member, plan: TextPlan, failure: FailedCall | null): void {
  member.plan = plan;
  member.calls = [...plan.calls];
  const last = member.calls[member.calls.length - 1];
  // The wait a provider asked for is not in the database: take it from the failure that brought us here.
  if (failure !== null && last !== undefined) member.calls[member.calls.length - 1] = { ...last, retryAfterMs: failure.retryAfterMs };
  if (plan.openAttempt === null) return;
  // Joined, or found lost, before anything else.
  member.n = plan.openAttempt.n;
  member.route = plan.openAttempt.route;
}

/** The same route again, the next, or (answered) the end. */
function goOn(member: Member): TextFailure | null {
  const { taskId, plan, calls } = member;
  if (plan === null) return null;
  const step = nextStep(plan, calls, Math.random);
  if (step.kind === 'end') return { taskId, code: step.code };
  member.dueAtMs = Date.now() + step.delayMs;
  if (plan.deadlineMs !== null && member.dueAtMs >= plan.deadlineMs) return { taskId, code: 'expired' };
  member.n = calls.length + 1;
  member.route = placeOf(step);
  return null;
}
