/** @typedef {ReturnType<typeof createRandom>} Random */

/** Chance that can be had again: mulberry32, which gives the same numbers for the same seed on every machine. @param {number} seed */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** From 0 up to, not including, 1. */
    next,
    /** A whole number, both ends included. @param {number} low @param {number} high */
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    /**
     * One of a list that is not empty.
     * @template Thing
     * @param {readonly Thing[]} list
     */
    pick: (list) => /** @type {Thing} */ (list[Math.floor(next() * list.length)]),
    /** True for that share of the calls. @param {number} share */
    chance: (share) => next() < share,
  };
}
