import { isGrpcServiceError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { AppError } from '../../domain/errors';

/** CANCELLED (what the SDK calls a deadline of ours), DEADLINE_EXCEEDED, UNAVAILABLE. */
const AWAY_CODES: readonly number[] = [1, 4, 14];
/** While connecting, the SDK tells by words only. Not among them: certificates, rights, another protocol. */
const AWAY_WORDS = /tcp connect error|dns error|Timeout expired|currently unavailable|ConnectionReset|BrokenPipe/;

/** True when the server did not answer, so that asking again may help. */
export function isAway(error: unknown): boolean {
  if (isGrpcServiceError(error)) return AWAY_CODES.includes(error.code);
  return error instanceof Error && error.name === 'TransportError' && AWAY_WORDS.test(error.message);
}

/**
 * Asks the server something, and waits for an answer so long. What was asked may still happen.
 * @throws AppError `service_unavailable` when the server does not answer by then; what it answers as it is
 */
export type Ask = <Answer>(withinMs: number, question: () => Promise<Answer>) => Promise<Answer>;

/**
 * The deadline of the connection ends a call that gets no answer; a server that refuses is tried again by the SDK for some 10 s whatever the
 * deadline says, so the clock is watched here too.
 */
export function createAsk(connection: Pick<NativeConnection, 'withDeadline'>): Ask {
  return async (withinMs, question) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(unanswered(withinMs)), withinMs);
    });
    try {
      return await Promise.race([connection.withDeadline(Date.now() + withinMs, question), tooLate]);
    } catch (error) {
      throw isAway(error) ? unanswered(withinMs, error) : error;
    } finally {
      clearTimeout(timer);
    }
  };
}

function unanswered(withinMs: number, cause?: unknown): AppError {
  return new AppError('service_unavailable', `Temporal did not answer within ${withinMs / 1_000} s.`, {}, cause);
}
