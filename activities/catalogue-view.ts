import type { Logger } from '../domain/log';
import type { ChangeFeed } from '../domain/events/changes';
import type { Catalogue } from '../domain/provider/catalogue';
import type { CatalogueStore, CatalogueView } from '../domain/provider/catalogue-store';

/** For what the feed missed: a connection that was broken. */
const LOOK_EVERY_MS = 3_000;

/** Reads the first snapshot before it resolves. */
export async function openCatalogueView(deps: {
  readonly catalogueStore: Pick<CatalogueStore, 'snapshot' | 'version'>;
  readonly changes: Pick<ChangeFeed, 'onCatalogue'>;
  readonly logger: Logger;
}): Promise<CatalogueView> {
  const listeners: ((catalogue: Catalogue) => void)[] = [];
  let looking: Promise<void> | null = null;
  let following: Promise<void> | null = null;
  let snapshot = await deps.catalogueStore.snapshot();

  /** A look that is under way may have read before the change: one more follows it. */
  function look(): Promise<void> {
    if (looking !== null) return (following ??= looking.then(lookAgain));
    looking = read().finally(() => {
      looking = null;
    });
    return looking;
  }

  function lookAgain(): Promise<void> {
    following = null;
    return look();
  }

  async function read(): Promise<void> {
    try {
      if ((await deps.catalogueStore.version()) === snapshot.version) return;
      snapshot = await deps.catalogueStore.snapshot();
      for (const listener of listeners) listener(snapshot);
    } catch (error) {
      deps.logger.warn({ err: error }, 'the catalogue could not be read; the previous one stays in use');
    }
  }

  const unsubscribe = deps.changes.onCatalogue(() => void look());
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  // What changed before anybody listened.
  await look();
  return {
    current: () => snapshot,
    async latest() {
      await look();
      return snapshot;
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    close() {
      unsubscribe();
      clearInterval(timer);
    },
  };
}
