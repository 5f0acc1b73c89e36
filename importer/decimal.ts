/** Exact decimals: `units` of 10^-`scale`. Ratios of the programs are never rounded on the way to a price. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** A number of JSON, by its shortest decimal form. @returns null when it is none */
export function decimalOf(value: unknown): Decimal | null {
  const text = typeof value === 'number' ? plain(value) : typeof value === 'string' ? value.trim() : '';
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? '';
  return { units: BigInt(`${match[1] ?? ''}${match[2] ?? ''}${fraction}`), scale: fraction.length };
}

export function times(...factors: readonly Decimal[]): Decimal {
  return factors.reduce((product, factor) => ({ units: product.units * factor.units, scale: product.scale + factor.scale }), ONE);
}

export function wholeNumber(value: number | bigint): Decimal {
  return { units: BigInt(value), scale: 0 };
}

/**
 * A quotient as a decimal text with at most `places` after the point, rounded to the nearest.
 * @returns also whether nothing was rounded
 */
export function quotient(of: Decimal, by: Decimal, places: number): { readonly text: string; readonly isExact: boolean } {
  // of/by = (of.units × 10^by.scale) / (by.units × 10^of.scale)
  const above = of.units * 10n ** BigInt(by.scale + places);
  const below = by.units * 10n ** BigInt(of.scale);
  const sign = above < 0n !== below < 0n && above !== 0n ? '-' : '';
  const [dividend, divisor] = [above < 0n ? -above : above, below < 0n ? -below : below];
  const rounded = (dividend * 2n + divisor) / (divisor * 2n);
  return { text: sign + format(rounded, places), isExact: dividend % divisor === 0n };
}

export function isSame(one: Decimal, other: Decimal): boolean {
  return one.units * 10n ** BigInt(other.scale) === other.units * 10n ** BigInt(one.scale);
}

const ONE: Decimal = { units: 1n, scale: 0 };

function format(units: bigint, places: number): string {
  if (places === 0) return units.toString();
  const digits = units.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return `${digits.slice(0, -places)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Without an exponent. */
function plain(value: number): string {
  const text = String(value);
  return /e/i.test(text) ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}
