import type { ChangeFeed } from '../../domain/stores';

/** Hears of changes of one campaign. */
export interface CampaignWatch {
  /** Resolves at the next change (at once if one came since the last wait), after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface CampaignBell {
  watch(campaignId: string): CampaignWatch;
  close(): void;
}

/** Tells the turns of this process which campaign changed: one subscription to the change feed for all of them. */
export function createCampaignBell(changes: Pick<ChangeFeed, 'onTask'>): CampaignBell {
  const listeners = new Map<string, Set<() => void>>();
  const unsubscribe = changes.onTask((id) => {
    for (const listener of listeners.get(id) ?? []) listener();
  });

  return {
    watch(campaignId) {
      let hasRung = false;
      let wake: () => void = () => undefined;
      const listener = (): void => {
        hasRung = true;
        wake();
      };
      const own = listeners.get(campaignId) ?? new Set();
      listeners.set(campaignId, own.add(listener));
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
        close() {
          own.delete(listener);
          if (own.size === 0 && listeners.get(campaignId) === own) listeners.delete(campaignId);
        },
      };
    },
    close: unsubscribe,
  };
}
