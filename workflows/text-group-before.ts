import { proxyLocalActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { TextActivities, TextPlan } from '../activities/text/activities';
import { nextStep, type FailedCall } from '../domain/provider/routing';
import type { TextGroupInput } from './contract';

const { attemptGroup, planText, endText } = proxyLocalActivities<TextActivities>({
  // Never reached by a healthy call, which waits 4 s at most; a database that is away is retried until it is back.
  startToCloseTimeout: '60s',
  retry: { initialInterval: '200ms', maximumInterval: '5s' },
});

/** As groups that began before `oneActivityAtATime` decide; to be deleted when none of them can be under way any more. */
export async function textGroupBefore(input: TextGroupInput): Promise<void> {
  const { workflowId } = workflowInfo();
  const recoveries: Promise<void>[] = [];
  let members = input.taskIds.map((taskId) => ({ taskId, n: 1, route: null as TextPlan['routes'][number] | null }));
  while (members.length > 0) {
    const progress = await attemptGroup({ workflowId, members });
    for (const { taskId, failure } of progress.failed) recoveries.push(recover(workflowId, taskId, failure));
    const pending = new Set(progress.pending);
    const waiting = members.filter((member) => pending.has(member.taskId));
    // Nothing decided and nothing ended: the calls are long, or made by another process.
    if (waiting.length === members.length) await sleep('250ms');
    members = waiting;
  }
  await Promise.all(recoveries);
}

/** Goes on with one task: the same route again, the next, or the end. `failure` null: no route was chosen yet. */
async function recover(workflowId: string, taskId: string, failure: FailedCall | null): Promise<void> {
  const plan = await planText(taskId);
  if (plan === null) return;
  const calls: FailedCall[] = [...plan.calls];
  const last = calls[calls.length - 1];
  // The wait a provider asked for is not in the database: take it from the failure that brought us here.
  if (failure !== null && last !== undefined) calls[calls.length - 1] = { ...last, retryAfterMs: failure.retryAfterMs };
  if (plan.openAttempt !== null) {
    const failed = await attemptUntilDecided(workflowId, taskId, plan.openAttempt.n, plan.openAttempt.route);
    if (failed === null) return;
    calls.push(failed);
  }
  for (;;) {
    const step = nextStep(plan, calls, Math.random);
    const delayMs = step.kind === 'call' ? step.delayMs : 0;
    const isLate = plan.deadlineMs !== null && Date.now() + delayMs >= plan.deadlineMs;
    if (step.kind === 'end' || isLate) {
      await endText({ taskId, code: step.kind === 'end' ? step.code : 'expired' });
      return;
    }
    if (delayMs > 0) await sleep(delayMs);
    const failed = await attemptUntilDecided(workflowId, taskId, calls.length + 1, { provider: step.provider, model: step.model });
    if (failed === null) return;
    calls.push(failed);
  }
}

/** Null: the task has ended, or has another owner. */
async function attemptUntilDecided(
  workflowId: string,
  taskId: string,
  n: number,
  route: TextPlan['routes'][number],
): Promise<FailedCall | null> {
  for (;;) {
    const progress = await attemptGroup({ workflowId, members: [{ taskId, n, route }] });
    const failed = progress.failed[0];
    if (failed !== undefined && failed.failure !== null) return failed.failure;
    if (progress.pending.length === 0) return null;
    await sleep('250ms');
  }
}
