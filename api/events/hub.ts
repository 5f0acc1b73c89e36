import type { ChangeFeed } from '../../domain/events/changes';
import type { EventRows, FollowedEvent } from '../../domain/events/follow';
import type { Logger } from '../../domain/log';

/** How often the rows are looked at without a hint. */
const LOOK_MS = 1_000;
/** Hints that come close together are one look. */
const GATHER_MS = 250;
const ROWS_AT_ONCE = 500;
/** Things that changed between two looks; with more, followers are told of a gap. */
const MOST_DIRTY = 2_000;

/** What the hub tells of at once, to those whose team it is. */
export interface Told {
  /** Ends, in the order of their rows. */
  readonly ends: readonly FollowedEvent[];
  /** Ids of tasks and campaigns that changed; ends of tasks are among them too. */
  readonly changed: ReadonlySet<string>;
  /** The place behind all of it. */
  readonly position: string;
  /** Something was left out. */
  readonly hasGap: boolean;
}

/** One reader of events and changes for all streams of the process; it reads nothing while there is none. */
export interface EventHub {
  /** Calls back from the next look on. Returns the unsubscribe. @throws what the database throws when the place cannot be read */
  follow(listener: (told: Told) => void): Promise<{ readonly position: string; readonly stop: () => void }>;
  close(): void;
}

interface Deps {
  readonly changes: Pick<ChangeFeed, 'onTask'>;
  readonly eventRows: EventRows;
  readonly logger: Logger;
}

export function createEventHub({ changes, eventRows, logger }: Deps): EventHub {
  const listeners = new Set<(told: Told) => void>();
  const dirty = new Set<string>();
  let hasGap = false;
  let position: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;
  let isLooking = false;
  let isClosed = false;

  const unsubscribe = changes.onTask((id) => {
    if (listeners.size === 0) return;
    if (dirty.size < MOST_DIRTY) dirty.add(id);
    else hasGap = true;
    lookIn(GATHER_MS);
  });

  function lookIn(ms: number): void {
    const atMs = performance.now() + ms;
    if (isClosed || isLooking || dueMs <= atMs) return;
    dueMs = atMs;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
    timer.unref();
  }

  async function look(): Promise<void> {
    dueMs = Infinity;
    if (listeners.size === 0) {
      position = null;
      dirty.clear();
      return;
    }
    isLooking = true;
    let isFull = false;
    try {
      const from: string = (position ??= await eventRows.now());
      const ends = (await eventRows.after(from, ROWS_AT_ONCE)) ?? [];
      isFull = ends.length === ROWS_AT_ONCE;
      position = ends.at(-1)?.position ?? from;
      const told: Told = { ends, changed: new Set(dirty), position, hasGap };
      dirty.clear();
      hasGap = false;
      if (told.ends.length > 0 || told.changed.size > 0 || told.hasGap) for (const listener of [...listeners]) listener(told);
    } catch (error) {
      logger.warn({ err: error }, 'Events could not be read; the next look comes within seconds.');
    } finally {
      isLooking = false;
      lookIn(isFull || dirty.size > 0 ? GATHER_MS : LOOK_MS);
    }
  }

  return {
    async follow(listener) {
      // Subscribed first, read then: what happens in between is told.
      listeners.add(listener);
      try {
        const from = (position ??= await eventRows.now());
        lookIn(LOOK_MS);
        return { position: from, stop: () => listeners.delete(listener) };
      } catch (error) {
        listeners.delete(listener);
        throw error;
      }
    },
    close() {
      isClosed = true;
      unsubscribe();
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
