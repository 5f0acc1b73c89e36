import type { Caller } from '../domain/access/caller';
import type { Catalogue } from '../domain/provider/catalogue';
import type { Logger } from '../domain/log';
import type { ChangeFeed } from '../domain/events/changes';
import type { CatalogueStore } from '../domain/provider/catalogue-store';

const CALLER_TTL_MS = 2_000;
const VERSION_CHECK_MS = 3_000;
const MAX_CALLERS = 10_000;

/** What is configured, and who calls, without a read of the database per request. */
export interface CatalogueCache {
  /** The snapshot; waits only for the very first one. */
  current(): Catalogue | Promise<Catalogue>;
  /** The caller of a key's SHA-256 (hex); at most 2 s old. Null: no such key. */
  caller(keyHash: string): Caller | null | Promise<Caller | null>;
  close(): void;
}

interface CallerEntry {
  readonly caller: Promise<Caller | null>;
  value: Caller | null | undefined;
  readonly untilMs: number;
}

/** Keeps the snapshot fresh by the change feed, and by a look at the version every few seconds for what the feed missed. */
export function createCatalogueCache(deps: {
  readonly catalogueStore: CatalogueStore;
  readonly changes: ChangeFeed;
  readonly logger: Logger;
}): CatalogueCache {
  const callers = new Map<string, CallerEntry>();
  let snapshot: Catalogue | null = null;
  let loading: Promise<Catalogue> | null = null;
  let changedWhileLoading = false;

  function load(): Promise<Catalogue> {
    loading ??= deps.catalogueStore
      .snapshot()
      .then((loaded) => {
        if (snapshot === null || loaded.version >= snapshot.version) snapshot = loaded;
        return snapshot;
      })
      .finally(() => {
        loading = null;
        if (changedWhileLoading) {
          changedWhileLoading = false;
          refresh();
        }
      });
    return loading;
  }

  function refresh(): void {
    callers.clear();
    // A snapshot being read may have begun before the change: read once more after it.
    if (loading !== null) changedWhileLoading = true;
    else load().catch((error: unknown) => deps.logger.warn({ err: error }, 'The catalogue could not be read; the last one stays in use.'));
  }

  async function checkVersion(): Promise<void> {
    if (snapshot === null) return;
    try {
      if ((await deps.catalogueStore.version()) !== snapshot.version) refresh();
    } catch (error) {
      deps.logger.warn({ err: error }, 'The version of the catalogue could not be read.');
    }
  }

  const unsubscribe = deps.changes.onCatalogue(refresh);
  const timer = setInterval(() => void checkVersion(), VERSION_CHECK_MS);
  timer.unref();

  function findCaller(keyHash: string): Promise<Caller | null> {
    const entry: CallerEntry = {
      caller: deps.catalogueStore.findCaller(keyHash),
      value: undefined,
      untilMs: performance.now() + CALLER_TTL_MS,
    };
    callers.set(keyHash, entry);
    if (callers.size > MAX_CALLERS) callers.delete(callers.keys().next().value ?? '');
    entry.caller.then(
      (caller) => {
        entry.value = caller;
      },
      () => {
        if (callers.get(keyHash) === entry) callers.delete(keyHash);
      },
    );
    return entry.caller;
  }

  return {
    current: () => snapshot ?? load(),
    caller(keyHash) {
      const entry = callers.get(keyHash);
      if (entry === undefined) return findCaller(keyHash);
      if (entry.untilMs < performance.now()) {
        callers.delete(keyHash);
        return findCaller(keyHash);
      }
      return entry.value === undefined ? entry.caller : entry.value;
    },
    close() {
      unsubscribe();
      clearInterval(timer);
    },
  };
}
