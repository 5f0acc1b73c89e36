import type { Caller } from '../domain/access/caller';
import type { ChangeFeed } from '../domain/events/changes';
import type { CatalogueStore } from '../domain/provider/catalogue-store';

const TTL_MS = 2_000;
const MOST = 10_000;

/** Who calls, without a read of the database per request. */
export interface Callers {
  /** The caller of a key's SHA-256 (hex); at most 2 s old, and forgotten with every change that is notified. Null: no such key. */
  find(keyHash: string): Caller | null | Promise<Caller | null>;
  close(): void;
}

interface Entry {
  readonly caller: Promise<Caller | null>;
  value: Caller | null | undefined;
  readonly untilMs: number;
}

export function createCallers(deps: {
  readonly catalogueStore: Pick<CatalogueStore, 'findCaller'>;
  readonly changes: Pick<ChangeFeed, 'onCatalogue'>;
}): Callers {
  const entries = new Map<string, Entry>();
  const unsubscribe = deps.changes.onCatalogue(() => {
    entries.clear();
  });

  function read(keyHash: string): Promise<Caller | null> {
    const entry: Entry = { caller: deps.catalogueStore.findCaller(keyHash), value: undefined, untilMs: performance.now() + TTL_MS };
    entries.set(keyHash, entry);
    if (entries.size > MOST) entries.delete(entries.keys().next().value ?? '');
    entry.caller.then(
      (caller) => {
        entry.value = caller;
      },
      () => {
        if (entries.get(keyHash) === entry) entries.delete(keyHash);
      },
    );
    return entry.caller;
  }

  return {
    find(keyHash) {
      const entry = entries.get(keyHash);
      if (entry === undefined) return read(keyHash);
      if (entry.untilMs < performance.now()) {
        entries.delete(keyHash);
        return read(keyHash);
      }
      return entry.value === undefined ? entry.caller : entry.value;
    },
    close: unsubscribe,
  };
}
