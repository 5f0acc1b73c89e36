import { errorPolicy, type AppError, type ErrorCode } from '../errors';
import type { TaskError, TerminalStatus } from './task';

/** A task's error as its owner sees it. */
export function taskErrorOf(error: AppError): TaskError {
  return {
    code: error.code,
    message: error.message,
    retryable: errorPolicy(error.code).retryable,
    providerCode: error.facts.providerCode ?? null,
    providerMessage: error.facts.providerMessage ?? null,
    param: error.facts.param ?? null,
  };
}

/** How far the clocks of processes may differ. */
const CLOCK_MS = 1_000;

/** What a task ends with by the code of its last call: one that the deadline cut short has an unknown outcome, and its task is late. */
export function endOfCall(code: ErrorCode, deadlineMs: number, nowMs: number): ErrorCode {
  return code === 'outcome_unknown' && nowMs >= deadlineMs - CLOCK_MS ? 'expired' : code;
}

/** The terminal state an error leads to. */
export function statusOfError(code: ErrorCode): TerminalStatus {
  if (code === 'cancelled') return 'cancelled';
  return code === 'expired' ? 'expired' : 'failed';
}

/**
 * Whether a job of a task that was to end cost nothing, as its provider says that it failed.
 * @param isCharged - the provider charges for it
 */
export function isFreeFailure(code: ErrorCode, isCharged: boolean): boolean {
  return code !== 'outcome_unknown' && !(code === 'cancelled' && isCharged);
}

/** What happened, for ends that have only a code left (the process that saw the details is gone). */
export const END_MESSAGES: Partial<Record<ErrorCode, string>> = {
  cancelled: 'The task was cancelled.',
  expired: 'The task did not finish within its time limit.',
  credential_frozen: 'An incident froze the key of this task before a provider was called, so nothing was bought.',
  outcome_unknown:
    'The request was sent to the provider and no answer came back, so it may have been carried out. It was not repeated, to avoid paying twice. You were not charged.',
  rate_limited: 'Every provider of this model is limiting requests at the moment. Try again in a while.',
  provider_unavailable: 'No provider of this model could be reached. Try again in a while.',
  provider_timeout: 'No provider of this model answered in time.',
  provider_bad_response: 'The providers of this model gave responses that could not be understood.',
  provider_auth: 'The provider refused the credentials of this installation. The operator has to fix them.',
  provider_not_found: 'The provider does not know this model or job. The operator has to fix the route.',
  asset_storage_failed: 'The provider delivered, but the result could not be stored.',
  internal: 'Something went wrong on our side. It was logged.',
};

/** The message of a code that comes without one. */
export function endMessage(code: ErrorCode): string {
  return END_MESSAGES[code] ?? 'The provider could not serve the request.';
}
