import { AppError } from '../../../domain/errors';
import { isTerminal, type TaskSummary } from '../../../domain/task/task';
import type { ApiContext, Awaiting } from '../../deps';
import { requestCancel } from '../../tasks/cancel';

const CANCEL_MS = 15_000;

/**
 * Takes a video out of its owner's sight; one that still runs is cancelled first. Its books stay.
 * @throws AppError `conflict` when the cancel takes longer than 15 s
 */
export async function removeVideo(context: Awaiting & Pick<ApiContext, 'logger' | 'runner'>, task: TaskSummary): Promise<void> {
  if (!isTerminal(task.status)) {
    await requestCancel(context, task);
    const hasEnded = await context.watcher.waitForEnd(task.id, { timeoutMs: CANCEL_MS, signal: context.closing });
    if (!hasEnded) {
      throw new AppError('conflict', 'The video is being cancelled, which can take a moment. Delete it again in a minute.', {
        taskId: task.id,
      });
    }
  }
  await context.tasks.hide(task.id);
}
