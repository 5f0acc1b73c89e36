import { withFailures, withHeartbeat } from '../activity';
import type { CallbackDeps } from './deps';
import { tryCallback, type TryAnswer } from './try';

/** Run on the queue of callbacks. */
export interface CallbackActivities {
  tryCallback(eventId: string): Promise<TryAnswer>;
}

export function createCallbackActivities(deps: CallbackDeps): CallbackActivities {
  return { tryCallback: (eventId) => withFailures(() => withHeartbeat(() => tryCallback(deps, eventId))) };
}
