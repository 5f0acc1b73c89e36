import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from '../../domain/log';
import type { ActivityOutcome, Measures } from '../../domain/measures';
import { currentLogFields, withLogFields, type LogFields } from '../../lib/log-context';

/** Gives the log lines of an activity the ids of its run, says how each try ended, and counts it. */
export function watchActivities(logger: Logger, measures: Pick<Measures, 'activity'>): ActivityInterceptorsFactory {
  return (context) => ({
    inbound: {
      execute: (input, next) =>
        withLogFields(idsOf(context, input.args), async () => {
          const { activityType: activity, isLocal } = context.info;
          const beganMs = performance.now();
          const ended = (outcome: ActivityOutcome, reason?: string): void => {
            const ms = performance.now() - beganMs;
            measures.activity(activity, outcome, ms);
            const line = { activity, outcome, duration_ms: Math.round(ms), ...(reason === undefined ? {} : { reason }) };
            // What has a task is looked for by it. What is looked at again and again, and what many tasks share, would be noise.
            const isTold = outcome === 'failed' || (outcome === 'completed' && !isLocal && currentLogFields()['task_id'] !== undefined);
            if (isTold) logger.info(line, 'a step ended');
            else logger.debug(line, 'a step ended');
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
