import type { CallContext } from '../../../domain/provider/provider';
import type { Call } from './connection';

interface TextPost extends Pick<Call, 'path' | 'maxBytes' | 'headers'> {
  /** JSON. */
  readonly body: string;
  /** Its events are read as they come. */
  readonly isStream?: boolean;
}

/** A chat or embeddings call as HTTP: it may be repeated, and how long it may take depends on whether it streams. */
export function textCall({ operationKey, signal, timeouts }: CallContext, { isStream = false, ...post }: TextPost): Call {
  return {
    method: 'POST',
    ...post,
    operationKey,
    signal,
    firstByteMs: isStream ? timeouts.firstByteMs : timeouts.wholeFirstByteMs,
    totalMs: timeouts.totalMs,
    ...(isStream ? { idleMs: timeouts.idleMs } : {}),
    effect: 'repeatable',
  };
}
