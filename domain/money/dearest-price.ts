import type { Price } from './price';
import { imagePriceEach, secondPriceEach } from './price-rows';

type Kind<Name extends Price['kind']> = Extract<Price, { kind: Name }>;

/**
 * One price that is nowhere below any of these: the dearest for every size, quality, resolution and sound that they name. Free ones do not
 * count beside others. Null when they are in different units.
 */
export function dearestPrice(prices: readonly Price[]): Price | null {
  const charging = prices.filter(({ kind }) => kind !== 'free');
  const [first] = charging;
  if (first === undefined) return prices.length === 0 ? null : { kind: 'free' };
  if (charging.length === 1) return first;
  switch (first.kind) {
    case 'per_token': {
      const all = ofKind(charging, 'per_token');
      if (all === null) return null;
      const writes = all.map(({ input, cacheWrite }) => cacheWrite ?? { short: input, long: input });
      return {
        kind: 'per_token',
        input: most(all, 'input'),
        cachedInput: most(all, 'cachedInput'),
        output: most(all, 'output'),
        ...(all.some(({ cacheWrite }) => cacheWrite !== undefined)
          ? { cacheWrite: { short: most(writes, 'short'), long: most(writes, 'long') } }
          : {}),
      };
    }
    case 'per_call': {
      const all = ofKind(charging, 'per_call');
      return all && { kind: 'per_call', each: most(all, 'each') };
    }
    case 'per_character': {
      const all = ofKind(charging, 'per_character');
      return all && { kind: 'per_character', each: most(all, 'each') };
    }
    case 'per_minute': {
      const all = ofKind(charging, 'per_minute');
      return all && { kind: 'per_minute', each: most(all, 'each') };
    }
    case 'per_image': {
      const all = ofKind(charging, 'per_image');
      return all && { kind: 'per_image', rows: imageRows(all) };
    }
    case 'per_second': {
      const all = ofKind(charging, 'per_second');
      return all && { kind: 'per_second', rows: secondRows(all) };
    }
    case 'free':
      return first;
  }
}

function ofKind<Name extends Price['kind']>(prices: readonly Price[], name: Name): readonly Kind<Name>[] | null {
  const same = prices.filter((price): price is Kind<Name> => price.kind === name);
  return same.length === prices.length ? same : null;
}

function most<Name extends string>(all: readonly Readonly<Record<Name, bigint>>[], name: Name): bigint {
  return highest(all.map((price) => price[name]));
}

function highest(amounts: readonly bigint[]): bigint {
  return amounts.reduce((one, other) => (other > one ? other : one), 0n);
}

/** Every size with every quality that is named; those that a row leaves open come last. */
function imageRows(prices: readonly Kind<'per_image'>[]): Kind<'per_image'>['rows'] {
  const named = prices.flatMap(({ rows }) => rows);
  const sizes = openLast(named.map(({ size }) => size));
  const qualities = openLast(named.map(({ quality }) => quality));
  return pairs(sizes, qualities).map(([size, quality]) => {
    const request = { ...(size === null ? {} : { size }), ...(quality === null ? {} : { quality }) };
    return { size, quality, each: highest(prices.map(({ rows }) => imagePriceEach(rows, request))) };
  });
}

function secondRows(prices: readonly Kind<'per_second'>[]): Kind<'per_second'>['rows'] {
  const named = prices.flatMap(({ rows }) => rows);
  const resolutions = openLast(named.map(({ resolution }) => resolution));
  const sounds = openLast(named.map(({ audio }) => audio));
  return pairs(resolutions, sounds).map(([resolution, audio]) => {
    const request = { ...(resolution === null ? {} : { resolution }), ...(audio === null ? {} : { audio }) };
    return { resolution, audio, each: highest(prices.map(({ rows }) => secondPriceEach(rows, request))) };
  });
}

function openLast<Value>(values: readonly (Value | null)[]): readonly (Value | null)[] {
  return [...new Set(values.filter((value) => value !== null)), null];
}

/** Those with both conditions first, then those with one: the order that prices are looked up in. */
function pairs<One, Other>(
  ones: readonly (One | null)[],
  others: readonly (Other | null)[],
): readonly (readonly [One | null, Other | null])[] {
  const all = ones.flatMap((one) => others.map((other) => [one, other] as const));
  const open = ([one, other]: readonly [One | null, Other | null]) => Number(one === null) + Number(other === null);
  return all.sort((left, right) => open(left) - open(right));
}
