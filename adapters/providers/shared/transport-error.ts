import { AppError } from '../../../domain/errors';

/** Whether a repeated call costs money a second time. */
export type Effect = 'repeatable' | 'paid';

/** How a call was lost without an answer. */
export type Loss = 'first_byte_timeout' | 'idle_timeout' | 'total_timeout' | 'cut' | 'cut_in_answer';

export interface LostCall {
  readonly loss: Loss;
  readonly effect: Effect;
  /** The request was put on a connection, so that the provider may have read it. */
  readonly isSent: boolean;
  readonly providerName: string;
  readonly cause?: unknown;
}

/**
 * The error of a call that brought no answer. A paid call that was sent is `outcome_unknown`; what was surely not accepted, or may
 * be called again, is `provider_timeout` (we gave up) or `provider_unavailable` (the connection did).
 */
export function transportError(lost: LostCall): AppError {
  const what = lost.isSent ? describe(lost) : `Provider ${lost.providerName} could not be reached (${reasonOf(lost.cause)}).`;
  if (lost.isSent && lost.effect === 'paid') {
    const advice = 'It may have done the work and may charge for it, so the request was not repeated.';
    return new AppError('outcome_unknown', `${what} ${advice}`, {}, lost.cause);
  }
  const isTimeout = lost.isSent && lost.loss.endsWith('_timeout');
  return new AppError(isTimeout ? 'provider_timeout' : 'provider_unavailable', what, isTimeout ? {} : { isUnpaid: true }, lost.cause);
}

function describe(lost: LostCall): string {
  switch (lost.loss) {
    case 'first_byte_timeout':
      return `Provider ${lost.providerName} accepted the request and did not answer in time.`;
    case 'idle_timeout':
      return `Provider ${lost.providerName} stopped in the middle of its answer.`;
    case 'total_timeout':
      return `Provider ${lost.providerName} did not finish its answer in time.`;
    case 'cut':
      return `Provider ${lost.providerName} closed the connection without an answer.`;
    case 'cut_in_answer':
      return `Provider ${lost.providerName} closed the connection in the middle of its answer.`;
  }
}

function reasonOf(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause === undefined ? 'no connection in time' : 'connection failed';
}
