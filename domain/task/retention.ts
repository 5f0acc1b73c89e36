import { AppError } from '../errors';
import type { GenerationInput } from './generation';
import type { Asset, Task, TaskSummary } from './task';

/** Rules of a team's `retention_days`: what is left of a task once they have passed. Books, costs, attempts and parameters stay. */

/** Files that a failed task was delivered, but that could not be stored, wait so long for a replay when their team keeps everything. */
export const DELIVERED_KEPT_DAYS = 7;

/** What is left of a task whose contents have expired. */
export function withoutContents(task: TaskSummary): TaskSummary {
  const { watermark: _drawn, ...output } = task.output;
  return {
    ...task,
    output,
    attempts: task.attempts.map((attempt) => ({ ...attempt, delivered: null })),
    outputs: task.outputs.map((asset) => ({ ...asset, revisedPrompt: null })),
  };
}

/** The input of such a task: what was asked for is gone, the parameters stay. */
export function expiredInput({ operation, output }: TaskSummary): GenerationInput {
  switch (operation) {
    case 'chat':
      return { operation, messages: [], params: {} };
    case 'embedding':
    case 'moderation':
      return { operation, input: '', params: {} };
    case 'speech':
      return { operation, input: '', voice: '', params: {} };
    case 'transcription':
      return { operation, file: { assetId: '', filename: '', sizeBytes: 0, seconds: null }, isTranslation: false, params: {} };
    case 'image':
    case 'video':
      return { operation, prompt: '', images: [], output, params: {} };
  }
}

/** @throws AppError `not_found` when the retention of the task's contents has passed */
export function assertContentsKept({ id, contentsExpiredAt }: Pick<Task, 'id' | 'contentsExpiredAt'>): void {
  if (contentsExpiredAt === null) return;
  throw new AppError('not_found', `The input and results of ${id} ${PASSED} ${on(contentsExpiredAt)}: they were removed.`, { taskId: id });
}

/** @throws AppError `not_found` when the retention of the file has passed */
export function assertAssetKept({ id, contentsExpiredAt }: Pick<Asset, 'id' | 'contentsExpiredAt'>, param?: string): void {
  if (contentsExpiredAt === undefined) return;
  const text = `${param === undefined ? 'The' : `Invalid ${param}: the`} file ${id} ${PASSED} ${on(contentsExpiredAt)}: it was removed.`;
  throw new AppError('not_found', text, param === undefined ? {} : { param });
}

/** @throws AppError `conflict` when a task cannot run again, as what was asked for is gone */
export function assertReplayable({ id, contentsExpiredAt }: Pick<Task, 'id' | 'contentsExpiredAt'>): void {
  if (contentsExpiredAt === null) return;
  throw new AppError(
    'conflict',
    `The task ${id} cannot be replayed: its input ${PASSED} ${on(contentsExpiredAt)} and was removed. Submit it as a new task.`,
  );
}

const PASSED = "outlived the team's retention on";

function on(time: Date): string {
  return time.toISOString();
}
