import type { Catalogue } from '../domain/provider/catalogue';
import type { Logger } from '../domain/log';
import type { ChangeFeed } from '../domain/events/changes';
import type { CatalogueStore } from '../domain/provider/catalogue-store';

/** The catalogue in memory, for code that cannot wait: the snapshot read last, at most seconds old. */
export interface CatalogueView {
  current(): Catalogue;
  /** Calls back after each change that was read. */
  onChange(listener: (catalogue: Catalogue) => void): void;
  close(): void;
}

const LOOK_EVERY_MS = 3_000;

/** Reads the first snapshot before it resolves. */
export async function openCatalogueView(deps: {
  catalogueStore: CatalogueStore;
  changes: ChangeFeed;
  logger: Logger;
}): Promise<CatalogueView> {
  let snapshot = await deps.catalogueStore.snapshot();
  let isReading = false;
  const listeners: ((catalogue: Catalogue) => void)[] = [];

  async function look(): Promise<void> {
    if (isReading) return;
    isReading = true;
    try {
      if ((await deps.catalogueStore.version()) === snapshot.version) return;
      snapshot = await deps.catalogueStore.snapshot();
      for (const listener of listeners) listener(snapshot);
    } catch (error) {
      deps.logger.warn({ err: error }, 'the catalogue could not be read; the last one stays in use');
    } finally {
      isReading = false;
    }
  }

  const unsubscribe = deps.changes.onCatalogue(() => void look());
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return {
    current: () => snapshot,
    onChange: (listener) => {
      listeners.push(listener);
    },
    close() {
      unsubscribe();
      clearInterval(timer);
    },
  };
}
