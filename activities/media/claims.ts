import { createShares, type Party } from './shares';

/** Parties that found no slot at one provider, and those that hold some: who may take the next. */
export interface Claims {
  /** The party found none: it is told when it may find one, and others leave some to it. */
  put(party: Party): void;
  /** The party takes a slot, and waits for none. Answers what to call when it gives it back. */
  meet(party: Party): () => void;
  /** Whether `free` slots leave one for this party, beside what is left to those that come before it. */
  leave(party: Party, free: number): boolean;
  /** The party waits, was not told yet that it may find one, and asked a moment ago: to ask again is in vain. */
  waits(partyId: string): boolean;
  /** The party waits no more. False: it did not wait. */
  drop(partyId: string): boolean;
  /**
   * Tells those that wait of `free` slots of `most`: at once where these are enough to begin several with one statement, else in a moment. Who
   * comes first and holds few is told at once.
   */
  tell(free: number, most: number): void;
}

/** One statement begins so many: that many slots are left to each that comes before another. */
const GROUP = 8;
/** Where fewer slots than a group are free, more may become so. */
const GATHER_MS = 100;
/** Who waits and hears nothing looks again after so long. */
const ASKED_AGAIN_MS = 1_000;
/** Who does not come for its slots any more: longer than a turn of a campaign goes without a look. */
const FORGOTTEN_MS = 3_000;

interface Waiting {
  readonly party: Party;
  readonly putAtMs: number;
  isTold: boolean;
}

/**
 * @param now - milliseconds of a clock that never goes back
 * @param ring - wakes a party
 */
export function createClaims(now: () => number, ring: (partyId: string) => void): Claims {
  const shares = createShares();
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;

  function ringAll(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const one of [...waiting.values()]) wake(one);
  }

  function wake(one: Waiting): void {
    if (one.isTold) return;
    one.isTold = true;
    ring(one.party.id);
  }

  /** How many come before it: those that hold less, and of those that hold as much who waits for longer. */
  function before(party: Party): number {
    let count = 0;
    let isOlder = true;
    for (const [id, other] of waiting) {
      if (id === party.id) isOlder = false;
      else if (isOlder ? !shares.isBefore(party, other.party) : shares.isBefore(other.party, party)) count += 1;
    }
    return count;
  }

  return {
    put(party) {
      waiting.set(party.id, { party, putAtMs: now(), isTold: false });
    },
    meet(party) {
      waiting.delete(party.id);
      return shares.take(party);
    },
    leave(party, free) {
      const longAgo = now() - FORGOTTEN_MS;
      for (const [id, { putAtMs }] of waiting) if (putAtMs < longAgo) waiting.delete(id);
      return free > GROUP * before(party);
    },
    waits(partyId) {
      const own = waiting.get(partyId);
      return own !== undefined && !own.isTold && now() - own.putAtMs < ASKED_AGAIN_MS;
    },
    drop: (partyId) => waiting.delete(partyId),
    tell(free, most) {
      if (waiting.size === 0 || free <= 0) return;
      for (const one of waiting.values()) if (shares.held(one.party) < GROUP && before(one.party) === 0) wake(one);
      if (free >= Math.min(GROUP, Math.ceil(most / 4))) {
        ringAll();
        return;
      }
      timer ??= setTimeout(ringAll, GATHER_MS);
      timer.unref();
    },
  };
}
