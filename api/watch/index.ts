import type { Logger } from '../../domain/log';
import type { ChangeFeed, TaskStore } from '../../domain/stores';
import { isTerminal, type TaskStatus } from '../../domain/task';

const POLL_MS = 2_000;
const IDS_PER_QUERY = 1_000;
/** Changes that come close together are read by one query. */
const GATHER_MS = 15;

/** What is known of a watched task. */
export interface TaskState {
  readonly version: number;
  readonly status: TaskStatus;
}

/** Waits for tasks: by the change feed, and by one shared look at all watched tasks every 2 s for what the feed missed. */
export interface TaskWatcher {
  /**
   * Calls back with every newer state (a version above the one seen last), the current one first when it is above
   * `sinceVersion`. Returns the unsubscribe.
   */
  onChange(taskId: string, sinceVersion: number, listener: (state: TaskState) => void): () => void;
  /** Resolves with true once the task has ended, with false after `timeoutMs` or when `signal` aborts. */
  waitForEnd(taskId: string, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<boolean>;
  close(): void;
}

interface Subscription {
  lastVersion: number;
  readonly listener: (state: TaskState) => void;
}

export function createTaskWatcher(deps: {
  readonly tasks: Pick<TaskStore, 'versions'>;
  readonly changes: Pick<ChangeFeed, 'onTask'>;
  readonly logger: Logger;
}): TaskWatcher {
  const watched = new Map<string, Set<Subscription>>();
  const dirty = new Set<string>();
  let gathering = false;
  let polling = false;

  async function look(ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
      for (const state of await deps.tasks.versions(ids.slice(start, start + IDS_PER_QUERY))) tell(state.id, state);
    }
  }

  function tell(taskId: string, state: TaskState): void {
    // A listener may unsubscribe while it is told: iterate over a copy.
    for (const subscription of [...(watched.get(taskId) ?? [])]) {
      if (state.version <= subscription.lastVersion) continue;
      subscription.lastVersion = state.version;
      subscription.listener({ version: state.version, status: state.status });
    }
  }

  function lookSoon(taskId: string): void {
    dirty.add(taskId);
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
    deps.logger.warn({ err: error }, 'Watched tasks could not be read; the next look comes within seconds.');
  }

  const unsubscribe = deps.changes.onTask((taskId) => {
    if (watched.has(taskId)) lookSoon(taskId);
  });
  const timer = setInterval(() => {
    if (polling || watched.size === 0) return;
    polling = true;
    look([...watched.keys()])
      .catch(reportFailure)
      .finally(() => {
        polling = false;
      });
  }, POLL_MS);
  timer.unref();

  function onChange(taskId: string, sinceVersion: number, listener: (state: TaskState) => void): () => void {
    const subscription: Subscription = { lastVersion: sinceVersion, listener };
    const subscriptions = watched.get(taskId) ?? new Set<Subscription>();
    watched.set(taskId, subscriptions.add(subscription));
    // Subscribed first, read then: a change in between is seen by one or the other.
    lookSoon(taskId);
    return () => {
      subscriptions.delete(subscription);
      if (subscriptions.size === 0 && watched.get(taskId) === subscriptions) watched.delete(taskId);
    };
  }

  function waitForEnd(
    taskId: string,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve(false);
        return;
      }
      const done = (ended: boolean) => {
        stop();
        clearTimeout(timeout);
        signal?.removeEventListener('abort', giveUp);
        resolve(ended);
      };
      const giveUp = () => done(false);
      const timeout = setTimeout(giveUp, timeoutMs);
      signal?.addEventListener('abort', giveUp);
      const stop = onChange(taskId, -1, (state) => {
        if (isTerminal(state.status)) done(true);
      });
    });
  }

  return {
    onChange,
    waitForEnd,
    close() {
      unsubscribe();
      clearInterval(timer);
      watched.clear();
    },
  };
}
