import { errorPolicy } from '../errors';
import { redact } from '../redact';
import { missingOutputs } from '../task/outputs';
import { resumableAttempt } from '../task/replay';
import { isTerminal, type Attempt, type TaskSummary } from '../task/task';
import { causeOf, REASONS, reasonOf, type Cause } from './causes';
import { en } from './en';
import { clock, dateAndClock, type Language, type LanguageName, type NoFallback } from './language';
import { zh } from './zh';

/** What became of a task and why, in plain sentences. Ids, names, amounts and times only: nothing of what was asked for or answered. */
export interface Explanation {
  /** One sentence. */
  readonly summary: string;
  readonly cause: Cause;
  /** In order, each with its time in UTC where it has one. */
  readonly whatHappened: readonly string[];
  /** What it cost and why. */
  readonly charged: string;
  /** Whether another provider was tried, and why or why not. */
  readonly fallback: string;
  /** What to do now; empty: nothing. */
  readonly whatToDo: readonly string[];
}

const WORDS: Readonly<Record<LanguageName, Language>> = { en, zh };

/**
 * Explains a task to its owner.
 *
 * @example
 * explainTask(task, 'en', new Date()).summary // "The image failed: the provider did not answer in time."
 */
export function explainTask(task: TaskSummary, language: LanguageName, now: Date): Explanation {
  const words = WORDS[language];
  return {
    summary: summaryOf(task, words),
    cause: causeOf(task),
    whatHappened: whatHappened(task, words, now),
    charged: chargedText(task, words),
    fallback: fallbackText(task, words),
    whatToDo: whatToDo(task, words),
  };
}

function summaryOf(task: TaskSummary, words: Language): string {
  const { type, status, phase, error, createdAt, finishedAt } = task;
  if (!isTerminal(status)) return words.summaryOpen(type, phase === 'done' ? 'settling' : phase);
  if (error !== null) return words.summaryFailed(type, status, reasonOf(error.code));
  const missing = missingOutputs(task).length;
  if (missing > 0) return words.summaryPartial(type, task.outputs.length, task.outputs.length + missing);
  const served = task.attempts.findLast(({ outcome }) => outcome === 'succeeded') ?? null;
  return words.summarySucceeded(type, served, (finishedAt ?? createdAt).getTime() - createdAt.getTime());
}

function whatHappened(task: TaskSummary, words: Language, now: Date): readonly string[] {
  const { createdAt, finishedAt, cancelRequestedAt, attempts, outputs, error } = task;
  const lines: { readonly at: Date; readonly text: string }[] = attempts.map((attempt) => ({
    at: attempt.startedAt,
    text: attemptText(attempt, words, now),
  }));
  if (cancelRequestedAt !== null) lines.push({ at: cancelRequestedAt, text: words.cancelRequested });
  const lastStored = outputs.at(-1);
  if (lastStored !== undefined) lines.push({ at: lastStored.createdAt, text: words.stored(outputs.length) });
  if (finishedAt !== null) {
    const details = error === null ? '' : ` ${words.details(redact(error.message, []))}`;
    lines.push({ at: finishedAt, text: `${words.ended(task.status)}${details}` });
  }
  lines.sort((left, right) => left.at.getTime() - right.at.getTime());
  return [
    `${dateAndClock(createdAt)}  ${words.accepted({
      team: task.teamName,
      key: task.credentialName,
      class: task.credentialClass,
      held: isRefused(task) ? 0n : task.estimatedMicroUsd,
      model: task.model,
    })}`,
    ...(task.replayOf === null ? [] : [words.replayOf(task.replayOf)]),
    ...task.skippedRoutes.map(({ provider, reason }) => words.skipped(provider, reason)),
    ...lines.map(({ at, text }) => `${clock(at)}  ${text}`),
    ...missingOutputs(task).map(({ index, code, message }) => words.missing(index, reasonOf(code), redact(message, []))),
    ...(task.contentsExpiredAt === null ? [] : [words.contentsExpired]),
  ];
}

function attemptText({ n, provider, model, outcome, startedAt, endedAt, errorCode, error }: Attempt, words: Language, now: Date): string {
  const said = error?.providerMessage ?? null;
  return words.attempt({
    n,
    provider,
    model,
    outcome,
    tookMs: Math.max(0, (endedAt ?? now).getTime() - startedAt.getTime()),
    reason: errorCode === null ? null : reasonOf(errorCode),
    said: said === null ? null : redact(said, []),
  });
}

/** Refused before anything was held or called. */
function isRefused({ status, attempts, error }: TaskSummary): boolean {
  return status === 'failed' && attempts.length === 0 && error !== null && REASONS[reasonOf(error.code)] === 'budget';
}

function chargedText(task: TaskSummary, words: Language): string {
  return words.charged({
    status: task.status,
    isRefused: isRefused(task),
    held: task.reservedMicroUsd,
    estimated: task.estimatedMicroUsd,
    actual: task.actualMicroUsd ?? 0n,
    refunded: task.refundedMicroUsd ?? 0n,
    lines: task.costLines,
    isCounted: task.usage?.estimated ?? false,
  });
}

function fallbackText({ attempts, status, error }: TaskSummary, words: Language): string {
  const [first] = attempts;
  if (first === undefined) return words.noFallback(isTerminal(status) ? 'not_called' : 'not_yet');
  const last = attempts.at(-1) ?? first;
  const providers = [...new Set(attempts.map(({ provider, model }) => `${provider} (${model})`))];
  if (providers.length > 1) {
    const served = status === 'succeeded' ? `${last.provider} (${last.model})` : null;
    return words.fellBack(
      providers.filter((name) => name !== served),
      served,
    );
  }
  if (!isTerminal(status)) return words.noFallback('not_yet');
  if (error === null) {
    return attempts.length === 1 ? words.noFallbackNeeded(first.provider) : words.repeated(first.provider, attempts.length);
  }
  return words.noFallback(whyNone(error.code));
}

function whyNone(code: NonNullable<TaskSummary['error']>['code']): NoFallback {
  if (code === 'outcome_unknown' || code === 'stream_interrupted' || code === 'asset_storage_failed') return 'may_be_paid';
  return errorPolicy(code).nextProvider || errorPolicy(code).status >= 500 ? 'no_other_route' : 'same_request';
}

function whatToDo(task: TaskSummary, words: Language): readonly string[] {
  const { error, status, attempts } = task;
  if (!isTerminal(status)) return words.todoWait(attempts.length === 0);
  if (error === null) return missingOutputs(task).length > 0 ? [words.todoPartial] : [];
  return [
    ...(resumableAttempt(task) === null ? [] : [words.todoTakeUp]),
    ...words.reasons[reasonOf(error.code)].todo,
    ...(error.param === null ? [] : [words.todoParam(error.param)]),
  ];
}
