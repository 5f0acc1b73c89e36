import type { FairShare } from '../../domain/task/priority';

/** One of those that share what there is: a campaign, as one of those of its class of keys. */
export interface Party {
  readonly id: string;
  readonly share: FairShare;
}

/** Counts what each party holds, and knows who comes first. */
export interface Shares {
  /** The party holds one more; answers what gives it back, once. */
  take(party: Party): () => void;
  held(party: Party): number;
  /**
   * The first one comes before the other: its class holds less for its weight, or as much while the party itself holds less. Of equal ones
   * neither does.
   */
  isBefore(party: Party, other: Party): boolean;
}

export function createShares(): Shares {
  const ofClasses = new Map<string, number>();
  const ofParties = new Map<string, number>();

  return {
    take({ id, share }) {
      add(ofClasses, share.key, 1);
      add(ofParties, id, 1);
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        add(ofClasses, share.key, -1);
        add(ofParties, id, -1);
      };
    },
    held: ({ id }) => ofParties.get(id) ?? 0,
    isBefore(party, other) {
      const [own, others] = [party, other].map(({ share }) => (ofClasses.get(share.key) ?? 0) / share.weight) as [number, number];
      return own === others ? (ofParties.get(party.id) ?? 0) < (ofParties.get(other.id) ?? 0) : own < others;
    },
  };
}

/** Forgets who holds nothing. */
function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
