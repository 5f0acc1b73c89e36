import { AppError } from '../../../domain/errors';
import type { CallContext } from '../../../domain/provider/provider';
import { transportError, type Effect } from '../shared/transport-error';
import { variantOf, type Base, type Variant } from './model';
import { pause } from './pause';

const UNAVAILABLE = 'The sandbox model answered 503, as its name promises.';

/** How long `-slow` models take to their first byte, in milliseconds. */
export const SLOW = { textFirstByteMs: 3_000, textTokenMs: 50, imageMs: 5_000, videoMs: 20_000 };

export interface Manner {
  readonly variant: Variant;
  readonly effect: Effect;
  /** Before the first byte of the answer, in milliseconds. */
  readonly thinkMs: number;
  /** When the call is given up without one, in milliseconds. */
  readonly limitMs: number;
}

/**
 * Fails as the variant's name says, or takes its time and returns.
 * @throws AppError `provider_unavailable` (`-down`, first attempt of `-flaky`), `content_policy_violation` (`-moderated`), and what a
 *   real call throws that is not answered in time
 */
export async function misbehave(call: CallContext, manner: Manner): Promise<void> {
  const { variant } = manner;
  if (variant === 'down' || (variant === 'flaky' && attemptOf(call.operationKey) === 1)) {
    const facts = { providerCode: 'server_is_overloaded', providerMessage: UNAVAILABLE, isUnpaid: true };
    throw new AppError('provider_unavailable', UNAVAILABLE, facts);
  }
  if (variant === 'moderated') {
    const message = 'The sandbox model refuses every prompt, as its name promises.';
    throw new AppError('content_policy_violation', message, { providerCode: 'moderation_blocked', providerMessage: message });
  }
  const answersInTime = variant !== 'lost' && manner.thinkMs <= manner.limitMs;
  await pause(answersInTime ? manner.thinkMs : manner.limitMs, call.signal);
  if (!answersInTime) throw transportError({ loss: 'first_byte_timeout', effect: manner.effect, isSent: true, providerName: 'sandbox' });
}

/**
 * The same for a text model whose answer comes whole.
 * @throws AppError as `misbehave`, and `provider_not_found` for a model that is not `base` with or without a suffix
 */
export async function misbehaveWhole(call: CallContext & { readonly model: string }, base: Base): Promise<void> {
  const variant = variantOf(call.model, base);
  const thinkMs = variant === 'slow' ? SLOW.textFirstByteMs : 0;
  await misbehave(call, { variant, effect: 'repeatable', thinkMs, limitMs: call.timeouts.wholeFirstByteMs });
}

/** The attempt's number at the end of an operation key; 1 when there is none. */
function attemptOf(operationKey: string): number {
  const match = /:(\d+)$/.exec(operationKey);
  return match === null ? 1 : Number(match[1]);
}
