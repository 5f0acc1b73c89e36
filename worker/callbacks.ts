import { createAlertActivities } from '../activities/alerts/activities';
import type { TellingDeps, WatchingDeps } from '../activities/alerts/deps';
import { dispatchNotices, type NoticeDispatchDeps } from '../activities/alerts/dispatch';
import { createCallbackActivities } from '../activities/callbacks/activities';
import type { CallbackDeps } from '../activities/callbacks/deps';
import { createDispatcher, dispatchCallbacks, type DispatchDeps } from '../activities/callbacks/dispatch';
import type { CallbackFeed } from '../domain/events/callback';
import { taskQueues } from '../workflows/contract';
import { startBackgroundWorker, type RunningWorker } from './background';
import type { Place } from './create';

/** What the feed does not say (a connection that was broken, a process that died), is found this soon. */
const LOOK_EVERY_MS = 5_000;
/** Receivers are slow at times; a try holds little. */
const MAX_TRIES_AT_ONCE = 40;

/** Delivers events and notices of incidents: starts their workflows as they are written, and makes the tries. Looks at the alerts. */
export async function startCallbacks(
  place: Place,
  deps: CallbackDeps & DispatchDeps & WatchingDeps & TellingDeps & NoticeDispatchDeps & { readonly feed: CallbackFeed },
  onFailure: (error: unknown) => void,
): Promise<RunningWorker> {
  const taskQueue = taskQueues(place.queuePrefix).callback;
  const worker = await startBackgroundWorker(
    place,
    { taskQueue, activities: { ...createCallbackActivities(deps), ...createAlertActivities(deps) }, maxActivities: MAX_TRIES_AT_ONCE },
    onFailure,
  );
  const dispatch = createDispatcher(async () => {
    await Promise.all([dispatchCallbacks(deps), dispatchNotices(deps)]);
  }, deps.logger);
  const unsubscribe = deps.feed.onCallback(dispatch);
  const timer = setInterval(dispatch, LOOK_EVERY_MS);
  dispatch();
  return {
    async stop() {
      unsubscribe();
      clearInterval(timer);
      await worker.stop();
    },
  };
}
