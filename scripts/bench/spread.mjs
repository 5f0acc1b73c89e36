/** How rounds are told. @param {readonly number[]} numbers */
export const median = (numbers) => numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** `minimum / median / maximum` @param {readonly number[]} numbers @param {number} digits */
export const spread = (numbers, digits) =>
  [Math.min(...numbers), median(numbers), Math.max(...numbers)].map((number) => number.toFixed(digits)).join(' / ');
