import type { CampaignStatus, CampaignStore } from '../../domain/campaign/campaign';
import type { Logger } from '../../domain/log';
import type { ChangeFeed } from '../../domain/events/changes';
import type { TaskStore } from '../../domain/task/store';
import { isTerminal, type TaskStatus } from '../../domain/task/task';
import { createUrgentPoll } from './urgent-poll';

const POLL_MS = 2_000;
const IDS_PER_QUERY = 1_000;
/** Changes that come close together are read by one query. */
const GATHER_MS = 15;

/** What is known of a watched task or campaign. */
export interface WatchedState<Status> {
  readonly version: number;
  readonly status: Status;
}

export type TaskState = WatchedState<TaskStatus>;

/** Waits for rows: by the change feed, and by one shared look at all watched ones every 2 s for what the feed missed. */
export interface Watcher<Status> {
  /**
   * Calls back with every newer state (a version above the one seen last), the current one first when it is above
   * `sinceVersion`. Returns the unsubscribe.
   */
  onChange(id: string, sinceVersion: number, listener: (state: WatchedState<Status>) => void): () => void;
  /**
   * Resolves with true once it has ended (or rests), with false after `timeoutMs` or when `signal` aborts.
   * @param options.isUrgent - looked at every 150 ms, for what the feed does not tell (chats, embeddings: see migration 0005)
   */
  waitForEnd(id: string, options: WaitOptions): Promise<boolean>;
  /** It may have changed, as this process knows before the feed: look at it now, if somebody watches it. */
  look(id: string): void;
  close(): void;
}

interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly isUrgent?: boolean;
}

export type TaskWatcher = Watcher<TaskStatus>;
export type CampaignWatcher = Watcher<CampaignStatus>;

interface Subscription<Status> {
  lastVersion: number;
  readonly listener: (state: WatchedState<Status>) => void;
}

type Versions<Status> = (ids: readonly string[]) => Promise<readonly (WatchedState<Status> & { readonly id: string })[]>;
type Parts = { readonly changes: Pick<ChangeFeed, 'onTask'>; readonly logger: Logger };

export function createTaskWatcher(deps: Parts & { readonly tasks: Pick<TaskStore, 'versions'> }): TaskWatcher {
  return createWatcher(deps, (ids) => deps.tasks.versions(ids), isTerminal);
}

/** Its waits end where a campaign ends, and where it cannot go on by itself. */
export function createCampaignWatcher(deps: Parts & { readonly campaigns: Pick<CampaignStore, 'versions'> }): CampaignWatcher {
  return createWatcher(deps, (ids) => deps.campaigns.versions(ids), isAtRest);
}

/** True when nothing more happens to a campaign unless somebody acts. */
export function isAtRest(status: CampaignStatus): boolean {
  return status !== 'draft' && status !== 'running';
}

function createWatcher<Status>(deps: Parts, versions: Versions<Status>, isEnd: (status: Status) => boolean): Watcher<Status> {
  const watched = new Map<string, Set<Subscription<Status>>>();
  const dirty = new Set<string>();
  let gathering = false;

  async function look(ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
      for (const state of await versions(ids.slice(start, start + IDS_PER_QUERY))) tell(state.id, state);
    }
  }

  function tell(id: string, state: WatchedState<Status>): void {
    // A listener may unsubscribe while it is told: iterate over a copy.
    for (const subscription of [...(watched.get(id) ?? [])]) {
      if (state.version <= subscription.lastVersion) continue;
      subscription.lastVersion = state.version;
      subscription.listener({ version: state.version, status: state.status });
    }
  }

  function lookSoon(id: string): void {
    dirty.add(id);
    if (gathering) return;
    gathering = true;
    setTimeout(() => {
      gathering = false;
      const ids = [...dirty];
      dirty.clear();
      look(ids).catch(reportFailure);
    }, GATHER_MS).unref();
  }

  function reportFailure(error: unknown): void {
    deps.logger.warn({ err: error }, 'Watched rows could not be read; the next poll comes within seconds.');
  }

  function lookIfWatched(id: string): void {
    if (watched.has(id)) lookSoon(id);
  }

  /** Looks, but not again while a look of its own is under way. */
  function createPoll(): (ids: readonly string[]) => void {
    let isUnderWay = false;
    return (ids) => {
      if (isUnderWay || ids.length === 0) return;
      isUnderWay = true;
      look(ids)
        .catch(reportFailure)
        .finally(() => {
          isUnderWay = false;
        });
    };
  }

  const unsubscribe = deps.changes.onTask(lookIfWatched);
  const pollAll = createPoll();
  const timer = setInterval(() => pollAll([...watched.keys()]), POLL_MS);
  timer.unref();
  // Of its own: a slow database must not let the urgent few keep the look at all from ever beginning.
  const pollUrgent = createPoll();
  const urgentPoll = createUrgentPoll((ids) => pollUrgent(ids.filter((id) => watched.has(id))));

  function onChange(id: string, sinceVersion: number, listener: (state: WatchedState<Status>) => void): () => void {
    const subscription: Subscription<Status> = { lastVersion: sinceVersion, listener };
    const subscriptions = watched.get(id) ?? new Set<Subscription<Status>>();
    watched.set(id, subscriptions.add(subscription));
    // Subscribed first, read then: a change in between is seen by one or the other.
    lookSoon(id);
    return () => {
      subscriptions.delete(subscription);
      if (subscriptions.size === 0 && watched.get(id) === subscriptions) watched.delete(id);
    };
  }

  function waitForEnd(id: string, { timeoutMs, signal, isUrgent = false }: WaitOptions): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve(false);
        return;
      }
      const done = (ended: boolean) => {
        stop();
        calm();
        clearTimeout(timeout);
        signal?.removeEventListener('abort', giveUp);
        resolve(ended);
      };
      const giveUp = () => done(false);
      const timeout = setTimeout(giveUp, timeoutMs);
      signal?.addEventListener('abort', giveUp);
      const calm = isUrgent ? urgentPoll.add(id) : () => undefined;
      const stop = onChange(id, -1, (state) => {
        if (isEnd(state.status)) done(true);
      });
    });
  }

  return {
    onChange,
    waitForEnd,
    look: lookIfWatched,
    close() {
      unsubscribe();
      urgentPoll.close();
      clearInterval(timer);
      watched.clear();
    },
  };
}
