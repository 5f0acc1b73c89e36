import { AppError } from '../errors';
import type { GenerationInput } from './generation';
import type { Asset, Task } from './task';

/** Rules of a team's `retention_days`: what is left of a task once they have passed. Books, costs, attempts and parameters stay. */

/** Files that a failed task was delivered, but that could not be stored, wait so long for a replay when their team keeps everything. */
export const DELIVERED_KEPT_DAYS = 7;

/** The task without its contents: what was asked for and what came of it. */
export function withoutContents(task: Task): Task {
  return {
    ...task,
    input: emptied(task.input),
    textResult: null,
    attempts: task.attempts.map((attempt) => ({ ...attempt, delivered: null })),
    outputs: task.outputs.map((asset) => ({ ...asset, revisedPrompt: null })),
  };
}

function emptied(input: GenerationInput): GenerationInput {
  switch (input.operation) {
    case 'chat':
      return { operation: 'chat', messages: [], params: {} };
    case 'embedding':
      return { operation: 'embedding', input: '', params: {} };
    case 'image':
    case 'video': {
      const { watermark: _drawn, ...output } = input.output;
      return { operation: input.operation, prompt: '', images: [], output, params: {} };
    }
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
