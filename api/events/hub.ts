import type { Campaign, CampaignStore } from '../../domain/campaign/campaign';
import type { ChangeFeed } from '../../domain/events/changes';
import type { EventRows, FollowedEvent } from '../../domain/events/follow';
import type { Logger } from '../../domain/log';
import type { TaskStore } from '../../domain/task/store';
import type { TaskSummary } from '../../domain/task/task';
import { inParallel } from '../../lib/parallel';

/** How often the rows are looked at without a hint. */
const LOOK_MS = 1_000;
/** Hints that come close together are one look. */
const GATHER_MS = 250;
const ROWS_AT_ONCE = 500;
/** Things that changed between two looks; with more, followers are told of a gap. */
const MOST_DIRTY = 2_000;
const CAMPAIGNS_AT_ONCE = 4;

/** What the hub tells all streams of at once; it is read once for all of them. */
export interface Told {
  /** Ends of the teams that are followed, in the order of their rows. */
  readonly ends: readonly FollowedEvent[];
  /** Tasks that ended or changed, by id. */
  readonly tasks: ReadonlyMap<string, TaskSummary>;
  /** Campaigns that changed. */
  readonly campaigns: readonly Campaign[];
  /** The place behind all of it. */
  readonly position: string;
  /** Something was left out. */
  readonly hasGap: boolean;
}

/** One reader of events and changes for all streams of the process; it reads nothing while there is none. */
export interface EventHub {
  /**
   * Calls back from the next look on. Returns the unsubscribe.
   * @param teamId - null: all teams
   * @throws what the database throws when the place cannot be read
   */
  follow(teamId: number | null, listener: (told: Told) => void): Promise<{ readonly position: string; readonly stop: () => void }>;
  close(): void;
}

interface Deps {
  readonly campaigns: Pick<CampaignStore, 'get'>;
  readonly tasks: Pick<TaskStore, 'findMany'>;
  readonly changes: Pick<ChangeFeed, 'onTask'>;
  readonly eventRows: EventRows;
  readonly logger: Logger;
}

/** Tasks that ended or changed, as they are now. */
export async function statesOf({ tasks }: Pick<Deps, 'tasks'>, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, TaskSummary>> {
  const found = ids.size === 0 ? [] : await tasks.findMany([...ids]);
  return new Map(found.map((task) => [task.id, task]));
}

export function createEventHub(deps: Deps): EventHub {
  const { campaigns, changes, eventRows, logger } = deps;
  const listeners = new Map<(told: Told) => void, number | null>();
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
      const changed = [...dirty];
      const rows = (await eventRows.after(from, ROWS_AT_ONCE)) ?? [];
      const teams = new Set(listeners.values());
      const ends = teams.has(null) ? rows : rows.filter(({ teamId }) => teams.has(teamId));
      const ids = [...ends.flatMap(({ taskId }) => taskId ?? []), ...changed.filter((id) => id.startsWith('task_'))];
      const states = await statesOf(deps, new Set(ids));
      const moved = changed.filter((id) => id.startsWith('camp_'));
      const found = await inParallel(moved, CAMPAIGNS_AT_ONCE, (id) => campaigns.get(id, null));
      const told = { ends, tasks: states, campaigns: found.filter((campaign) => campaign !== null), hasGap };
      isFull = rows.length === ROWS_AT_ONCE;
      position = rows.at(-1)?.position ?? from;
      for (const id of changed) dirty.delete(id);
      hasGap = false;
      const isNews = ends.length > 0 || changed.length > 0 || told.hasGap;
      if (isNews) for (const listener of [...listeners.keys()]) listener({ ...told, position });
    } catch (error) {
      logger.warn({ err: error }, 'Events could not be read; the next look comes within seconds.');
    } finally {
      isLooking = false;
      lookIn(isFull || dirty.size > 0 ? GATHER_MS : LOOK_MS);
    }
  }

  return {
    async follow(teamId, listener) {
      // Subscribed first, read then: what happens in between is told.
      listeners.set(listener, teamId);
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
