import { isGrpcServiceError } from '@temporalio/client';

/** CANCELLED (what the SDK calls a deadline of ours), DEADLINE_EXCEEDED, UNAVAILABLE. */
const AWAY_CODES: readonly number[] = [1, 4, 14];
/** While connecting, the SDK tells by words only. Not among them: certificates, rights, another protocol. */
const AWAY_WORDS = /tcp connect error|dns error|Timeout expired|currently unavailable|ConnectionReset|BrokenPipe/;

/** True when the server did not answer, so that asking again may help. */
export function isAway(error: unknown): boolean {
  if (isGrpcServiceError(error)) return AWAY_CODES.includes(error.code);
  return error instanceof Error && error.name === 'TransportError' && AWAY_WORDS.test(error.message);
}
