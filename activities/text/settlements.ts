import { AppError, errorPolicy } from '../../domain/errors';
import type { MicroUsd } from '../../domain/money/money';
import { capPrice, inputTokenEstimate, priceOf, speechUsage, transcriptionUsage, type PricedUsage } from '../../domain/money/pricing';
import { causeOf } from '../../domain/provider/routing';
import type { Usage } from '../../domain/task/generation';
import type { AttemptEnd, Settlement } from '../../domain/task/store';
import { statusOfError, taskErrorOf } from '../../domain/task/error';
import { given } from '../../lib/given';
import type { FinishedText } from './answer';
import { inputOf, type TextRun } from './run';

/** The books of a finished call. */
export function settlementOfAnswer(run: TextRun, n: number, finished: FinishedText): Settlement {
  const price = priceOfRun(run, finished.usage);
  const providerMicroUsd = providerCostOfRun(run, finished.usage);
  return {
    taskId: run.task.id,
    status: 'succeeded',
    actualMicroUsd: price.microUsd,
    ...given({ providerMicroUsd }),
    costLines: price.lines,
    usage: finished.usage,
    textResult: finished.result,
    error: null,
    attempt: {
      taskId: run.task.id,
      n,
      outcome: 'succeeded',
      errorCode: null,
      upstreamId: null,
      costMicroUsd: providerMicroUsd ?? price.microUsd,
    },
  };
}

/** The books of a stream that ended early: the delivered output and the whole input. */
export function settlementOfCut(run: TextRun, n: number, error: AppError): Settlement {
  const isOurs = error.code === 'cancelled' || error.code === 'expired';
  const shown = isOurs
    ? error
    : new AppError(
        'stream_interrupted',
        'The provider broke off after the response had begun. What was delivered is charged.',
        error.facts,
      );
  const input = inputOf(run);
  const usage =
    input.operation === 'speech'
      ? speechUsage(input)
      : input.operation === 'transcription'
        ? transcriptionUsage(input, '', null)
        : run.delivered.usage(inputTokenEstimate(input));
  const price = priceOfRun(run, usage);
  const providerMicroUsd = providerCostOfRun(run, usage);
  const status = statusOfError(shown.code);
  return {
    taskId: run.task.id,
    status,
    actualMicroUsd: price.microUsd,
    ...given({ providerMicroUsd }),
    costLines: price.lines,
    usage,
    textResult: null,
    error: taskErrorOf(shown),
    attempt: {
      taskId: run.task.id,
      n,
      outcome: status === 'cancelled' ? 'cancelled' : 'failed',
      errorCode: error.code,
      upstreamId: null,
      costMicroUsd: providerMicroUsd ?? price.microUsd,
    },
  };
}

/** The books of a task that ends without an answer: nothing to pay, unless the provider charged. */
export function settlementOfFailure(taskId: string, error: AppError, attempt: AttemptEnd | null): Settlement {
  return {
    taskId,
    status: statusOfError(error.code),
    actualMicroUsd: BigInt(error.facts.chargedMicroUsd ?? '0'),
    costLines: [],
    usage: null,
    textResult: null,
    error: taskErrorOf(error),
    attempt,
  };
}

/** How a failed call is closed. */
export function attemptEndOf(taskId: string, n: number, error: AppError): AttemptEnd {
  const isUnknown = error.code === 'outcome_unknown';
  return {
    taskId,
    n,
    outcome: isUnknown ? 'unknown' : error.code === 'cancelled' ? 'cancelled' : 'failed',
    errorCode: error.code,
    upstreamId: null,
    costMicroUsd: BigInt(error.facts.chargedMicroUsd ?? '0'),
  };
}

/** True when no decision is left: the error table allows neither this provider again nor the next. */
export function isFinal({ task }: Pick<TextRun, 'task'>, error: AppError): boolean {
  const policy = errorPolicy(error.code);
  const cause = causeOf(error.code);
  if (cause !== null && (task.routing?.fallbacks?.[cause] ?? []).length > 0) return false;
  return policy.sameProvider === 'no' && !policy.nextProvider && error.code !== 'outcome_unknown';
}

/** However much a provider reports, no more than was reserved. */
function priceOfRun(run: TextRun, usage: Usage): PricedUsage {
  if (isPaidThere(run)) return { microUsd: 0n, lines: [] };
  return capPrice(priceOf(run.served, inputOf(run), usage, run.task.routing?.priceFactor), run.task.reservedMicroUsd);
}

/** What the provider takes by the `cost` of its route; absent: as much as is charged. */
function providerCostOfRun(run: TextRun, usage: Usage): MicroUsd | undefined {
  // The group's ratio counts at the old gateway as its factor does here.
  if (isPaidThere(run)) return priceOf(run.served, inputOf(run), usage, run.task.routing?.priceFactor).microUsd;
  if (run.cost !== null) return priceOf({ ...run.served, price: run.cost }, inputOf(run), usage).microUsd;
  // A team's factor is between us and the team.
  return run.task.routing?.priceFactor === undefined ? undefined : priceOf(run.served, inputOf(run), usage).microUsd;
}

/** The old gateway served it and takes it from its own balance. */
function isPaidThere({ task, provider }: TextRun): boolean {
  return task.routing?.ownKey !== undefined && task.routing.ownKey.provider === provider;
}
