import { withFailures, withHeartbeat } from '../activity';
import type { TellingDeps, WatchingDeps } from './deps';
import { evaluateAlerts } from './evaluate';
import { tryNotice } from './tell';

/** Run on the queue of callbacks. */
export interface AlertActivities {
  /** Looks at all alerts once. */
  evaluateAlerts(): Promise<void>;
  /** Makes the next try of a notice; `againInMs` null: there is nothing more to do. */
  tryNotice(noticeId: string): Promise<{ readonly againInMs: number | null }>;
}

export function createAlertActivities(deps: WatchingDeps & TellingDeps): AlertActivities {
  return {
    evaluateAlerts: () => withFailures(() => withHeartbeat(() => evaluateAlerts(deps))),
    tryNotice: (noticeId) => withFailures(() => withHeartbeat(() => tryNotice(deps, noticeId))),
  };
}
