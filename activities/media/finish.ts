import { AppError, type ErrorCode } from '../../domain/errors';
import { NO_USAGE, type Usage } from '../../domain/task/generation';
import type { MicroUsd } from '../../domain/money/money';
import { capPrice, priceOf, requestedSeconds } from '../../domain/money/pricing';
import type { CostLine, Delivered, TaskError } from '../../domain/task/task';
import { endMessage, statusOfError, taskErrorOf } from '../../domain/task/error';
import { loadMediaTask, type MediaDeps, type MediaTask } from './deps';
import { dropStaged } from './store';

/** How a media task ends. */
export interface MediaEnd {
  readonly taskId: string;
  /** The attempt that decided it, null when none was made. */
  readonly n: number | null;
  /** Null: succeeded. */
  readonly code: ErrorCode | null;
  /** What is charged: nothing, what was delivered, or the whole bound (a job that runs on at the provider). */
  readonly charge: 'nothing' | 'delivered' | 'bound';
}

const STILL_NOT_STORED =
  'What the provider had delivered could not be stored this time either. A replay tries it again and costs nothing; when the provider does not ' +
  'keep the result any longer, a replay with overrides (such as the model) buys it anew.';

/** Settles a media task: price, books and terminal state in one transaction. Repeating changes nothing. */
export async function finishMedia(deps: MediaDeps, end: MediaEnd): Promise<void> {
  const task = await loadMediaTask(deps, end.taskId);
  const attempt = end.n === null ? undefined : task.attempts.find((candidate) => candidate.n === end.n);
  const delivered = attempt?.delivered ?? null;
  const usage = usageOf(deps, task, end, delivered);
  // What a replay takes up was paid by the task that bought it.
  const isPaid = usage === null || task.input.resumes !== undefined;
  const price = isPaid ? { microUsd: 0n, lines: [] } : chargeOf(deps, task, usage);
  await deps.tasks.settle([
    {
      taskId: task.id,
      status: end.code === null ? 'succeeded' : statusOfError(end.code),
      actualMicroUsd: price.microUsd,
      costLines: price.lines,
      usage,
      textResult: null,
      error: end.code === null ? null : errorOf(task, end.code, attempt?.error ?? null),
      attempt: null,
    },
  ]);
  if (end.code === null && delivered !== null) await dropStaged(deps, task, delivered.outputs);
}

/** The failed attempt knows more than its code: the provider's own words. */
function errorOf(task: MediaTask, code: ErrorCode, attemptError: TaskError | null): TaskError {
  if (code === 'asset_storage_failed' && task.input.resumes !== undefined) return taskErrorOf(new AppError(code, STILL_NOT_STORED));
  return attemptError?.code === code ? attemptError : taskErrorOf(new AppError(code, endMessage(code)));
}

function chargeOf(deps: MediaDeps, task: MediaTask, usage: Usage): { microUsd: MicroUsd; lines: readonly CostLine[] } {
  const model = deps.catalogue().models.get(task.model);
  if (model === undefined || model.price === null) {
    // The model was taken out while the task ran: the reservation is the only price we know.
    return { microUsd: task.reservedMicroUsd, lines: [] };
  }
  return capPrice(priceOf(model, task.input, usage), task.reservedMicroUsd);
}

function usageOf(deps: MediaDeps, task: MediaTask, end: MediaEnd, delivered: Delivered | null): Usage | null {
  if (end.charge === 'nothing') return null;
  const model = deps.catalogue().models.get(task.model);
  const seconds = task.input.operation === 'video' ? (model === undefined ? 0 : requestedSeconds(model, task.input)) : 0;
  const reported = delivered?.usage ?? null;
  const asked = task.input.output.n ?? 1;
  const count = end.charge === 'bound' || delivered === null ? asked : delivered.outputs.length;
  const counted = {
    ...NO_USAGE,
    images: task.input.operation === 'image' ? count : 0,
    seconds: seconds * count,
    estimated: reported === null,
  };
  // Tokens come from the provider; pictures and seconds are what lies before us.
  return reported === null
    ? counted
    : { ...reported, images: counted.images, seconds: reported.seconds > 0 ? reported.seconds : counted.seconds };
}
