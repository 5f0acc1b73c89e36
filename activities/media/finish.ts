import { AppError, type ErrorCode } from '../../domain/errors';
import { routeOf, type Model } from '../../domain/provider/catalogue';
import { NO_USAGE, type Usage } from '../../domain/task/generation';
import type { MicroUsd } from '../../domain/money/money';
import { capPrice, priceOf, requestedSeconds } from '../../domain/money/pricing';
import type { Attempt, CostLine, Delivered, StagedOutput, TaskError } from '../../domain/task/task';
import type { Settlement } from '../../domain/task/store';
import { endMessage, statusOfError, taskErrorOf } from '../../domain/task/error';
import { isOpen, missing, missingAmong } from '../../domain/task/outputs';
import { given } from '../../lib/given';
import { loadMediaTask, type MediaDeps, type MediaTask } from './deps';

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

/** Settles a media task: price, books and terminal state in one transaction. Repeating changes nothing. */
export async function finishMedia(deps: MediaDeps, end: MediaEnd): Promise<void> {
  await deps.tasks.settle([await settlementOf(deps, await loadMediaTask(deps, end.taskId), end)]);
}

/** What a media task comes to, by its rows. */
export async function settlementOf(deps: MediaDeps, task: MediaTask, end: MediaEnd): Promise<Settlement> {
  const attempt = end.n === null ? undefined : task.attempts.find((candidate) => candidate.n === end.n);
  const delivered = attempt?.delivered ?? null;
  const model = deps.catalogue().models.get(attempt?.served ?? task.model);
  const usage = usageOf(model, task, end, delivered);
  // What a replay takes up was paid by the task that bought it.
  const isPaid = usage === null || task.input.resumes !== undefined;
  // The old gateway takes it from its own balance.
  const isPaidThere = isServedThere(task, attempt);
  const price = isPaid || isPaidThere ? { microUsd: 0n, lines: [] } : chargeOf(model, task, usage);
  const error = await errorOf(deps, task, end, attempt);
  return {
    taskId: task.id,
    status: error === null ? 'succeeded' : statusOfError(error.code),
    actualMicroUsd: price.microUsd,
    ...given({ providerMicroUsd: providerCostOf(deps, model, task, attempt, isPaid ? null : usage) }),
    costLines: price.lines,
    usage,
    textResult: null,
    error,
    attempt: null,
  };
}

/** Why the task has no result; null when it has one. */
async function errorOf(deps: MediaDeps, task: MediaTask, { code }: MediaEnd, attempt: Attempt | undefined): Promise<TaskError | null> {
  const delivered = attempt?.delivered ?? null;
  if (code !== null && code !== 'asset_storage_failed') return attemptErrorOf(code, attempt?.error ?? null);
  if (attempt === undefined || delivered === null) return code === null ? null : taskErrorOf(new AppError(code, NOTHING_LEFT));
  const { outputs } = delivered;
  if (outputs.some(({ from }) => from === 'stored')) {
    await giveUpOpen(deps, task, attempt.n, delivered);
    return null;
  }
  const open = outputs.find(isOpen);
  if (open !== undefined) return taskErrorOf(new AppError('asset_storage_failed', notStored(open.trouble)));
  const [reason] = missingAmong(outputs);
  return reason === undefined ? attemptErrorOf('internal', null) : taskErrorOf(new AppError(reason.code, reason.message));
}

/** The others are there: those that could not be stored in time are missing, and nothing more is tried. */
async function giveUpOpen(deps: MediaDeps, task: MediaTask, n: number, delivered: Delivered): Promise<void> {
  if (!delivered.outputs.some(isOpen)) return;
  const outputs = delivered.outputs.map((output) =>
    isOpen(output) ? missing({ code: 'asset_storage_failed', message: output.trouble ?? 'It could not be stored in time.' }, true) : output,
  );
  await deps.tasks.recordDelivered(task.id, n, { ...delivered, outputs });
}

/** The failed attempt knows more than its code: the provider's own words. */
function attemptErrorOf(code: ErrorCode, attemptError: TaskError | null): TaskError {
  return attemptError?.code === code ? attemptError : taskErrorOf(new AppError(code, endMessage(code)));
}

const NOTHING_LEFT = 'What the provider delivered no longer exists. A replay buys it again.';

/** What was delivered is known still, so that a replay can take it up. */
function notStored(trouble: string | undefined): string {
  const reason = trouble === undefined ? '' : ` ${trouble}`;
  return (
    `The provider delivered, but none of it could be stored.${reason} A replay tries to store it again and costs nothing; ` +
    'a replay with overrides (such as the model) buys it again.'
  );
}

function isServedThere({ routing }: MediaTask, attempt: Attempt | undefined): boolean {
  return attempt !== undefined && routing?.ownKey?.provider === attempt.provider;
}

/** @param model - the one that served */
function chargeOf(model: Model | undefined, task: MediaTask, usage: Usage): { microUsd: MicroUsd; lines: readonly CostLine[] } {
  if (model === undefined || model.price === null) {
    // The model was taken out while the task ran: the reservation is the only price we know.
    return { microUsd: task.reservedMicroUsd, lines: [] };
  }
  return capPrice(priceOf(model, task.input, usage, task.routing?.priceFactor), task.reservedMicroUsd);
}

/**
 * What providers took for a task: what they said of its attempts, else what the `cost` of the route that served makes it; absent: as much as
 * is charged.
 */
function providerCostOf(
  deps: MediaDeps,
  model: Model | undefined,
  task: MediaTask,
  attempt: Attempt | undefined,
  usage: Usage | null,
): MicroUsd | undefined {
  const said = task.attempts.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0n);
  if (usage === null || attempt === undefined || attempt.costMicroUsd > 0n) return said === 0n ? undefined : said;
  // The group's ratio counts at the old gateway as its factor does here.
  if (model !== undefined && isServedThere(task, attempt)) return said + chargeOf(model, task, usage).microUsd;
  const cost = model === undefined ? undefined : routeOf(deps.catalogue(), model.name, attempt)?.cost;
  if (model !== undefined && model.price !== null && cost === undefined && task.routing?.priceFactor !== undefined) {
    // A team's factor is between us and the team.
    return said + priceOf(model, task.input, usage).microUsd;
  }
  if (model === undefined || cost === undefined) return said === 0n ? undefined : said + chargeOf(model, task, usage).microUsd;
  return said + priceOf({ ...model, price: cost }, task.input, usage).microUsd;
}

function usageOf(model: Model | undefined, task: MediaTask, end: MediaEnd, delivered: Delivered | null): Usage | null {
  if (end.charge === 'nothing') return null;
  const seconds = task.input.operation === 'video' ? (model === undefined ? 0 : requestedSeconds(model, task.input)) : 0;
  const reported = delivered?.usage ?? null;
  const asked = task.input.output.n ?? 1;
  const count = end.charge === 'bound' || delivered === null ? asked : delivered.outputs.filter(isCharged).length;
  const counted = {
    ...NO_USAGE,
    images: task.input.operation === 'image' ? count : 0,
    seconds: seconds * count,
    estimated: reported === null,
  };
  // Tokens come from the provider; images and seconds are what was delivered.
  return reported === null
    ? counted
    : { ...reported, images: counted.images, seconds: reported.seconds > 0 ? reported.seconds : counted.seconds };
}

/** What the provider made counts, also when we could not keep it; what it refused does not. */
function isCharged(output: StagedOutput): boolean {
  return output.from !== 'missing' || output.isDelivered;
}
