import { AppError, isAppError } from '../../../domain/errors';

/** What a call throws when its signal aborts: the signal's own reason when that is an AppError, else `cancelled`. */
export function abortReason(signal: AbortSignal): AppError {
  return isAppError(signal.reason) ? signal.reason : new AppError('cancelled', 'The call was cancelled.');
}

/** @throws AppError the reason of a signal that has aborted */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal);
}
