import type { Provider } from '../../domain/provider/catalogue';
import { createClaims, type Claims } from './claims';
import type { Party } from './shares';

type Place = Pick<Provider, 'name' | 'maxConcurrency'>;

/** Who asks for a slot of a first attempt. */
export interface SlotRequest {
  /** Somebody waits for the answer. */
  readonly isAwaited: boolean;
  /** The campaign of an item, which shares the slots of items with others; absent: a task of its own. */
  readonly party?: Party;
}

/** How many calls a process makes at once, provider by provider. */
export interface Slots {
  /**
   * Takes a slot for a first attempt, and answers what gives it back. `full`: there is none for it now, and will be sooner than a workflow could
   * begin. `busy`: nor will be soon, as calls take long or none has come free for a while; the slots of other processes serve it as well.
   */
  enter(provider: Place, request: SlotRequest): (() => void) | 'full' | 'busy';
  /** Waits for a slot, before every first attempt that asks later. @throws the reason of the signal when that aborts first */
  wait(provider: Place, signal: AbortSignal): Promise<() => void>;
  /** A first attempt was answered after so many milliseconds. */
  answered(provider: Place, ms: number): void;
  /** `listener` is told when a party that found no slot may find one. Returns the unsubscribe, after which the party waits for none. */
  onFree(partyId: string, listener: () => void): () => void;
  /** The party found no slot a moment ago, and was not told since that it may find one. */
  waits(partyId: string): boolean;
  /** The party has nothing to begin now: others need not leave slots to it. */
  yields(partyId: string): void;
}

/** Of four slots one is kept for requests that somebody waits for, and for those that come by their workflow. */
const KEPT_SHARE = 1 / 4;
/** Calls that take longer are slow: a workflow and another process's slot cost less time than the wait for one here. */
const SLOW_CALL_MS = 1_000;
/**
 * What one call counts in the usual time of a provider's calls: little where it took longer. A process that is short of CPU sees quick calls end late,
 * and calls of a slow provider never end soon.
 */
const LAST_SHARE = { sooner: 1 / 2, later: 1 / 20 } as const;
/**
 * So long no slot came free. Longer than a process that is short of CPU takes for its own steps: what went to workflows then would make it
 * shorter still.
 */
const STUCK_MS = 15_000;

interface Provided {
  used: number;
  /** How many calls first attempts of items may make. */
  mostItems: number;
  /** When a slot came free last, or the first of those in use was taken. */
  movedAtMs: number;
  /** What a call takes when it goes well; null: none was answered. */
  callMs: number | null;
  readonly waiting: ((leave: () => void) => void)[];
  readonly claims: Claims;
}

/** @param now - milliseconds of a clock that never goes back */
export function createSlots(now: () => number = () => performance.now()): Slots {
  const known = new Map<string, Provided>();
  const listeners = new Map<string, Set<() => void>>();
  const ring = (partyId: string): void => {
    for (const listener of listeners.get(partyId) ?? []) listener();
  };

  function providedOf({ name, maxConcurrency }: Place): Provided {
    const mostItems = Math.max(1, Math.ceil(maxConcurrency * (1 - KEPT_SHARE)));
    const provided = known.get(name) ?? {
      used: 0,
      mostItems,
      movedAtMs: now(),
      callMs: null,
      waiting: [],
      claims: createClaims(now, ring),
    };
    provided.mostItems = mostItems;
    known.set(name, provided);
    return provided;
  }

  const freeForItems = ({ waiting, mostItems, used }: Provided): number => (waiting.length > 0 ? 0 : mostItems - used);

  function take(provided: Provided, party?: Party): () => void {
    if (provided.used === 0) provided.movedAtMs = now();
    provided.used += 1;
    const giveBack = party === undefined ? () => undefined : provided.claims.meet(party);
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      giveBack();
      provided.used -= 1;
      provided.movedAtMs = now();
      const next = provided.waiting.shift();
      if (next !== undefined) next(take(provided));
      else provided.claims.tell(freeForItems(provided), provided.mostItems);
    };
  }

  function canTake(provided: Provided, most: number, party: Party | undefined): boolean {
    if (provided.waiting.length > 0 || provided.used >= most) return false;
    return party === undefined || provided.claims.leave(party, freeForItems(provided));
  }

  return {
    enter(place, { isAwaited, party }) {
      const provided = providedOf(place);
      const most = isAwaited ? place.maxConcurrency : provided.mostItems;
      if (canTake(provided, most, party)) {
        const leave = take(provided, party);
        provided.claims.tell(freeForItems(provided), provided.mostItems);
        return leave;
      }
      const isStuck = provided.used >= most && now() - provided.movedAtMs > STUCK_MS;
      if ((provided.callMs ?? 0) > SLOW_CALL_MS || isStuck) return 'busy';
      if (party !== undefined) provided.claims.put(party);
      return 'full';
    },
    answered(place, ms) {
      const provided = providedOf(place);
      const usualMs = provided.callMs ?? ms;
      provided.callMs = usualMs + (ms - usualMs) * (ms < usualMs ? LAST_SHARE.sooner : LAST_SHARE.later);
    },
    async wait(place, signal) {
      const provided = providedOf(place);
      signal.throwIfAborted();
      if (provided.waiting.length === 0 && provided.used < place.maxConcurrency) return take(provided);
      return new Promise((resolve, reject) => {
        const give = (leave: () => void): void => {
          signal.removeEventListener('abort', giveUp);
          resolve(leave);
        };
        const giveUp = (): void => {
          provided.waiting.splice(provided.waiting.indexOf(give), 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', giveUp);
        provided.waiting.push(give);
      });
    },
    onFree(partyId, listener) {
      const own = listeners.get(partyId) ?? new Set();
      listeners.set(partyId, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size > 0) return;
        listeners.delete(partyId);
        withdraw(partyId);
      };
    },
    waits: (partyId) => [...known.values()].some(({ claims }) => claims.waits(partyId)),
    yields: withdraw,
  };

  function withdraw(partyId: string): void {
    for (const provided of known.values()) {
      if (provided.claims.drop(partyId)) provided.claims.tell(freeForItems(provided), provided.mostItems);
    }
  }
}
