import type { CampaignWork } from '../../domain/campaign/campaign';
import { createShares, type Party } from '../media/shares';

/**
 * What items of all campaigns of a process may do at once beside single requests. Queues inside Temporal, the workers and the processors know no
 * priority, so they are kept short: enough to keep everything busy, too few to be felt by a single request.
 */
const AT_ONCE = {
  none: { onTheWay: 10, storing: 6, rest: 0 },
  /** Chats pass the queues by and share the processors, and the locks of their team's accounts. */
  text: { onTheWay: 3, storing: 1, rest: 1.5 },
  /** A campaign takes what single images and videos leave. */
  media: { onTheWay: 1, storing: 1, rest: 1.5 },
} satisfies Record<Awaited<ReturnType<CampaignWork['recentSingles']>>, Pace>;
/** A single request is taken into account for so long. */
const SINGLE_MS = 3_000;
const LOOK_EVERY_MS = 300;

/**
 * How many items may be on the way to their first call, and how many results of first attempts may be stored, at once. `rest`: how long a turn of
 * storing stays empty after each, in times of what it took: with a quick provider one turn after the other would keep a processor busy.
 */
export interface Pace {
  readonly onTheWay: number;
  readonly storing: number;
  readonly rest: number;
}

/** The longest rest: a turn that took seconds waited for others, and did not work. */
const LONGEST_REST_MS = 100;

/** Tells the pace of now; one look at the database serves all turns of the process. */
export function createPace(campaigns: Pick<CampaignWork, 'recentSingles'>): () => Promise<Pace> {
  let looked: ReturnType<CampaignWork['recentSingles']> = Promise.resolve('none');
  let lookedAt = Number.NEGATIVE_INFINITY;

  return async () => {
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      lookedAt = performance.now();
      looked = campaigns.recentSingles(SINGLE_MS);
    }
    return AT_ONCE[await looked];
  };
}

/** `now` in ms, of a clock that never goes back. */
export interface StoringClock {
  readonly now: () => number;
  readonly later: (work: () => void, ms: number) => void;
}

const CLOCK: StoringClock = {
  now: () => performance.now(),
  later: (work, ms) => void setTimeout(work, ms),
};

/**
 * Lets results be stored as the pace says. Campaigns share the turns: each stores its own in the order in which they came. A pace that cannot be
 * told holds nothing up.
 */
export function createStoringTurns(
  pace: () => Promise<Pick<Pace, 'storing' | 'rest'>>,
  { now, later }: StoringClock = CLOCK,
): (party: Party) => Promise<() => void> {
  const shares = createShares();
  /** In the order of their last turns. */
  const waiting = new Map<string, { readonly party: Party; readonly results: (() => void)[] }>();
  let storing = 0;
  let { storing: most, rest }: Pick<Pace, 'storing' | 'rest'> = AT_ONCE.none;

  function letIn(): void {
    while (storing < most && waiting.size > 0) {
      const next = [...waiting.values()].reduce((first, other) => (shares.isBefore(other.party, first.party) ? other : first));
      const begin = next.results.shift();
      waiting.delete(next.party.id);
      if (next.results.length > 0) waiting.set(next.party.id, next);
      storing += 1;
      begin?.();
    }
  }

  return async (party) => {
    ({ storing: most, rest } = await pace().catch(() => AT_ONCE.none));
    const leave = await new Promise<() => void>((resolve) => {
      const own = waiting.get(party.id) ?? { party, results: [] };
      own.results.push(() => resolve(shares.take(party)));
      waiting.set(party.id, own);
      letIn();
    });
    const beganMs = now();
    let isOver = false;
    const free = (): void => {
      storing -= 1;
      letIn();
    };
    return () => {
      if (isOver) return;
      isOver = true;
      leave();
      const restMs = Math.min(LONGEST_REST_MS, (now() - beganMs) * rest);
      if (restMs === 0) free();
      else later(free, restMs);
    };
  };
}
