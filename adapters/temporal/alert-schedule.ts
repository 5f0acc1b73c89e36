import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { AlertSchedule } from '../../domain/alert/notice';
import { alertScheduleId, taskQueues, WORKFLOWS } from '../../workflows/contract';
import type { Temporal } from './connection';
import { searchAttributes } from './search-attributes';

const ANSWER_WITHIN_MS = 10_000;

/** Keeps the one schedule on which alerts are looked at. A look that still runs when the next is due lets it pass. */
export function createAlertSchedule(
  { client, ask }: Pick<Temporal, 'client' | 'ask'>,
  { queuePrefix, everyS }: { readonly queuePrefix: string; readonly everyS: number },
): AlertSchedule {
  const scheduleId = alertScheduleId(queuePrefix);
  const every = `${String(everyS)}s` as const;

  async function isKept(): Promise<boolean> {
    try {
      const { memo } = await ask(ANSWER_WITHIN_MS, () => client.schedule.getHandle(scheduleId).describe());
      if (memo?.['every'] === every) return true;
      await ask(ANSWER_WITHIN_MS, () => client.schedule.getHandle(scheduleId).delete());
      return false;
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return false;
      throw error;
    }
  }

  return {
    async keep() {
      if (await isKept()) return;
      try {
        await ask(ANSWER_WITHIN_MS, () =>
          client.schedule.create({
            scheduleId,
            spec: { intervals: [{ every }] },
            action: {
              type: 'startWorkflow',
              workflowType: WORKFLOWS.evaluateAlerts,
              workflowId: scheduleId,
              taskQueue: taskQueues(queuePrefix).callback,
              args: [],
              workflowExecutionTimeout: '5m',
              typedSearchAttributes: [{ key: searchAttributes.kind, value: 'alerts' }],
            },
            policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10s' },
            memo: { every },
          }),
        );
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      }
    },
  };
}
