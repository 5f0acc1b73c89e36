import { createHash } from 'node:crypto';

/** A set of a great many texts in 8 bytes each: two of ten million are taken for one another once in 400,000 times. */
export interface KeySet {
  add(key: string): void;
  /** To be asked when all have been added. */
  has(key: string): boolean;
}

export function createKeySet(): KeySet {
  let hashes = new BigUint64Array(1_024);
  let count = 0;
  let isSorted = true;
  return {
    add(key) {
      if (count === hashes.length) {
        const larger = new BigUint64Array(hashes.length * 2);
        larger.set(hashes);
        hashes = larger;
      }
      hashes[count] = hashOf(key);
      count += 1;
      isSorted = false;
    },
    has(key) {
      if (!isSorted) hashes.subarray(0, count).sort();
      isSorted = true;
      const wanted = hashOf(key);
      let [low, high] = [0, count];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((hashes[middle] ?? 0n) < wanted) low = middle + 1;
        else high = middle;
      }
      return low < count && hashes[low] === wanted;
    },
  };
}

function hashOf(key: string): bigint {
  return createHash('sha256').update(key).digest().readBigUInt64LE(0);
}
