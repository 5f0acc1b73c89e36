import { createHash } from 'node:crypto';

/** A source of numbers in [0, 1) that is the same for the same seed. */
export interface Chance {
  next(): number;
  /** A whole number from 0 up to but not including `count`. */
  below(count: number): number;
  /** One of the items; the list is not empty. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** A digest of anything JSON can hold: the sandbox's only source of variety. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Mulberry32, seeded by the first 32 bits of a digest. */
export function chanceFrom(digest: string): Chance {
  let state = Number.parseInt(digest.slice(0, 8), 16) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return { next, below, pick: (items) => items[below(items.length)] ?? items[0] };
}
