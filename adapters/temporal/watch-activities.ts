import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from '../../domain/log';
import type { ActivityOutcome, Measures } from '../../domain/measures';
import { addLogFields, currentLogFields, withLogFields, type LogFields } from '../../lib/log-context';
import { within } from '../../lib/time';

/**
 * Gives the log lines of an activity the ids of its run and of the request behind its task, says how each try ended, and counts it.
 * @param requestOf - the request that made a task; asked once for each task, not for local activities. Histories hold no ids of requests
 */
export function watchActivities(
  logger: Logger,
  measures: Pick<Measures, 'activity'>,
  requestOf: (taskId: string) => Promise<string | null>,
): ActivityInterceptorsFactory {
  const requests = rememberRequests(requestOf);
  return (context) => ({
    inbound: {
      execute: (input, next) =>
        withLogFields(idsOf(context, input.args), async () => {
          const { activityType: activity, isLocal } = context.info;
          const beganMs = performance.now();
          const nameRequest = async (): Promise<void> => {
            const { task_id: taskId } = currentLogFields();
            const requestId = isLocal || typeof taskId !== 'string' ? null : await requests(taskId);
            if (requestId !== null) addLogFields({ request_id: requestId });
          };
          await within(REQUEST_WITHIN_MS, nameRequest()).catch(() => undefined);
          const ended = (outcome: ActivityOutcome, reason?: string): void => {
            const ms = performance.now() - beganMs;
            measures.activity(activity, outcome, ms);
            const line = { activity, outcome, duration_ms: Math.round(ms), ...(reason === undefined ? {} : { reason }) };
            // What has a task is looked for by it. What is looked at again and again, and what many tasks share, would be noise.
            const isTold = outcome === 'failed' || (outcome === 'completed' && !isLocal && currentLogFields()['task_id'] !== undefined);
            // A busy database may name the request only after the step, and some steps find out on their way which task they are about.
            void nameRequest().then(() => {
              if (isTold) logger.info(line, 'a step ended');
              else logger.debug(line, 'a step ended');
            });
          };
          try {
            const result: unknown = await next(input);
            ended('completed');
            return result;
          } catch (error) {
            const type = error instanceof ApplicationFailure ? (error.type ?? 'error') : 'error';
            ended(type === 'not_yet' ? 'not_yet' : 'failed', type);
            throw error;
          }
        }),
    },
  });
}

/** The latest tasks. */
const MOST_REQUESTS = 5_000;
/** A step is held up for no longer by the name of its request. */
const REQUEST_WITHIN_MS = 500;

/** Never rejects; what could not be read is asked for again by the next step. */
function rememberRequests(requestOf: (taskId: string) => Promise<string | null>): (taskId: string) => Promise<string | null> {
  const known = new Map<string, Promise<string | null>>();
  return (taskId) => {
    const before = known.get(taskId);
    if (before !== undefined) return before;
    const found = requestOf(taskId).catch(() => {
      known.delete(taskId);
      return null;
    });
    const [oldest] = known.keys();
    if (known.size >= MOST_REQUESTS && oldest !== undefined) known.delete(oldest);
    known.set(taskId, found);
    return found;
  };
}

function idsOf({ info }: Context, args: readonly unknown[]): LogFields {
  const { workflowId, runId } = info.workflowExecution ?? { workflowId: '', runId: '' };
  const taskId = taskOf(workflowId, args);
  return { workflow_id: workflowId, run_id: runId, attempt: info.attempt, ...(taskId === null ? {} : { task_id: taskId }) };
}

/** The workflow of an image or video has its task's id; other steps name the task that they are about. */
function taskOf(workflowId: string, [first]: readonly unknown[]): string | null {
  const named = typeof first === 'object' && first !== null && 'taskId' in first ? first.taskId : first;
  return [named, workflowId].find((id): id is string => typeof id === 'string' && id.startsWith('task_')) ?? null;
}
