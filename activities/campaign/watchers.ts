import type { ChangeFeed } from '../../domain/events/changes';

/** Hears of changes of one campaign, and of its items' way to their first call. */
export interface CampaignWatch {
  /** Resolves at the next change (at once if one came since the last wait), after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the wait: items may be started for another reason than a change. */
  ring(): void;
  /** How many more items may be started now, when so many of all campaigns of this process may be on the way to their first call. */
  places(onTheWay: number): number;
  /** These were started: they take places until their first call begins. */
  started(taskIds: readonly string[]): void;
  close(): void;
}

export interface CampaignWatchers {
  watch(campaignId: string): CampaignWatch;
  close(): void;
}

/** One that takes longer waits for its provider, in a queue that does know priorities. */
const LONGEST_WAY_MS = 2_000;

interface Watcher {
  readonly ring: () => void;
  /** When items on the way were started, by task. */
  readonly onTheWay: Map<string, number>;
}

/** Tells the turns of this process which campaign changed: one subscription to the change feed for all of them. */
export function createCampaignWatchers(changes: Pick<ChangeFeed, 'onTask'>): CampaignWatchers {
  const watchers = new Map<string, Set<Watcher>>();
  const starters = new Map<string, Watcher>();
  const unsubscribe = changes.onTask((id) => {
    for (const watcher of watchers.get(id) ?? []) watcher.ring();
    const starter = starters.get(id);
    if (starter === undefined) return;
    arrive(starter, id);
    starter.ring();
  });

  function arrive(watcher: Watcher, taskId: string): void {
    watcher.onTheWay.delete(taskId);
    starters.delete(taskId);
  }

  /** Campaigns share the places: one does not take all while others have items to start. */
  function placesOf(watcher: Watcher, onTheWay: number): number {
    const tooOld = performance.now() - LONGEST_WAY_MS;
    for (const [id, startedAt] of watcher.onTheWay) if (startedAt < tooOld) arrive(watcher, id);
    const sharing = new Set(starters.values()).add(watcher).size;
    return Math.max(1, Math.floor(onTheWay / sharing)) - watcher.onTheWay.size;
  }

  return {
    watch(campaignId) {
      let hasRung = false;
      let wake: () => void = () => undefined;
      const watcher: Watcher = {
        ring: () => {
          hasRung = true;
          wake();
        },
        onTheWay: new Map(),
      };
      const own = watchers.get(campaignId) ?? new Set();
      watchers.set(campaignId, own.add(watcher));
      return {
        async wait(ms, signal) {
          if (!hasRung && !signal.aborted) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(done, ms);
              function done(): void {
                clearTimeout(timer);
                signal.removeEventListener('abort', done);
                resolve();
              }
              wake = done;
              signal.addEventListener('abort', done);
            });
          }
          hasRung = false;
        },
        ring: () => {
          watcher.ring();
        },
        places: (onTheWay) => placesOf(watcher, onTheWay),
        started(taskIds) {
          for (const id of taskIds) {
            watcher.onTheWay.set(id, performance.now());
            starters.set(id, watcher);
          }
        },
        close() {
          for (const id of watcher.onTheWay.keys()) starters.delete(id);
          own.delete(watcher);
          if (own.size === 0 && watchers.get(campaignId) === own) watchers.delete(campaignId);
        },
      };
    },
    close: unsubscribe,
  };
}
