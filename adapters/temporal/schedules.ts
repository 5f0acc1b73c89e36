import { isGrpcServiceError, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import type { Recurrence, ScheduleRunner } from '../../domain/campaign/schedule';
import { AppError } from '../../domain/errors';
import { taskQueues, WORKFLOWS, type FireScheduleInput } from '../../workflows/contract';
import type { Temporal } from './connection';
import { searchAttributes } from './search-attributes';

const ANSWER_WITHIN_MS = 10_000;
/** INVALID_ARGUMENT of gRPC. */
const INVALID = 3;
/** Temporal itself makes up for nothing more recent. */
const LEAST_CATCHUP_S = 10;

/** Keeps schedules in Temporal. A firing is a short workflow that makes the campaign. */
export function createScheduleRunner(
  { client, ask }: Pick<Temporal, 'client' | 'ask'>,
  { queuePrefix }: { readonly queuePrefix: string },
): ScheduleRunner {
  const taskQueue = taskQueues(queuePrefix).campaign;
  const handleOf = (id: string) => client.schedule.getHandle(id);

  /** null: Temporal does not know it. */
  async function describe(id: string): Promise<ScheduleDescription | null> {
    try {
      return await ask(ANSWER_WITHIN_MS, () => handleOf(id).describe());
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  }

  function optionsOf({ id, cron, timeZone, catchupS }: Recurrence): ScheduleOptions {
    const input: FireScheduleInput = { scheduleId: id };
    return {
      scheduleId: id,
      spec: { cronExpressions: [cron], timezone: timeZone },
      action: {
        type: 'startWorkflow',
        workflowType: WORKFLOWS.fireSchedule,
        workflowId: id,
        taskQueue,
        args: [input],
        typedSearchAttributes: [{ key: searchAttributes.kind, value: 'schedule' }],
      },
      policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: Math.max(catchupS, LEAST_CATCHUP_S) * 1_000 },
      // What the next pass compares, as Temporal keeps a cron expression in a form of its own.
      memo: { recurrence: recurrenceText({ cron, timeZone, catchupS }) },
    };
  }

  return {
    async keep(recurrence) {
      const known = await describe(recurrence.id);
      if (known?.memo?.['recurrence'] === recurrenceText(recurrence)) return 'kept';
      try {
        if (known !== null) await ask(ANSWER_WITHIN_MS, () => handleOf(recurrence.id).delete());
        await ask(ANSWER_WITHIN_MS, () => client.schedule.create(optionsOf(recurrence)));
        return 'made';
      } catch (error) {
        if (error instanceof ScheduleAlreadyRunning) return 'kept';
        if (isGrpcServiceError(error) && (error.code as number) === INVALID) throw refused(error);
        throw error;
      }
    },
    makeUp: (id, from, to) =>
      ask(ANSWER_WITHIN_MS, () => handleOf(id).backfill({ start: from, end: to, overlap: ScheduleOverlapPolicy.ALLOW_ALL })),
    async forget(id) {
      try {
        await ask(ANSWER_WITHIN_MS, () => handleOf(id).delete());
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    },
    async nextTimes(id) {
      return (await describe(id))?.info.nextActionTimes ?? [];
    },
  };
}

function recurrenceText({ cron, timeZone, catchupS }: Omit<Recurrence, 'id'>): string {
  return JSON.stringify([cron, timeZone, catchupS]);
}

function refused(error: Error): AppError {
  return new AppError('invalid_value', `Invalid schedule: ${error.message}`, { param: 'schedule.cron' }, error);
}
