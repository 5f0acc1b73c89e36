import { AppError } from '../../domain/errors';
import { isTerminal, type TaskSummary } from '../../domain/task/task';
import type { ApiContext, Awaiting } from '../deps';
import { requestCancel } from './cancel';

const CANCEL_MS = 15_000;

/**
 * Takes a task out of its owner's sight; one that still runs is cancelled first. Its books stay.
 * @param noun - what its owner calls it: "video"
 * @throws AppError `conflict` when the cancel takes longer than 15 s
 */
export async function removeTask(
  context: Awaiting & Pick<ApiContext, 'logger' | 'runner'>,
  task: TaskSummary,
  noun: string,
): Promise<void> {
  if (!isTerminal(task.status)) {
    await requestCancel(context, task);
    const hasEnded = await context.watcher.waitForEnd(task.id, { timeoutMs: CANCEL_MS, signal: context.closing });
    if (!hasEnded) {
      throw new AppError('conflict', `The ${noun} is being cancelled, which can take a moment. Delete it again in a minute.`, {
        taskId: task.id,
      });
    }
  }
  await context.tasks.hide(task.id);
}
