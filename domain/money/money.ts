import { AppError } from '../errors';

/** An amount of money in micro-US-dollars: 1 USD = 1_000_000n. Never negative unless a delta is meant. */
export type MicroUsd = bigint;

/** A unit price in pico-US-dollars (10^-12 USD), so that a price per token keeps all its digits until the one rounding. */
export type PicoUsd = bigint;

/** What the calls of a team cost, times the price: a decimal text with at most 6 places, such as "0.8". Absent wherever it is 1. */
export type PriceFactor = string;

const PICO_PER_MICRO = 1_000_000n;

function parseScaled(text: string, digits: number, what: string): bigint {
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) {
    throw new AppError('invalid_value', `${what} must be a decimal string such as "0.25", not ${JSON.stringify(text)}.`);
  }
  const fraction = match[2] ?? '';
  if (fraction.length > digits) {
    throw new AppError('invalid_value', `${what} has more than ${String(digits)} decimal places: ${JSON.stringify(text)}.`);
  }
  return BigInt(`${match[1] ?? ''}${fraction.padEnd(digits, '0')}`);
}

/**
 * Parses an amount of US dollars.
 * @param text - decimal string with at most 6 decimal places, e.g. "0.02"
 * @throws AppError `invalid_value`
 */
export function parseUsd(text: string, what = 'The amount'): MicroUsd {
  return parseScaled(text, 6, what);
}

/**
 * Parses a unit price in US dollars.
 * @param text - decimal string with at most 12 decimal places
 * @throws AppError `invalid_value`
 */
export function parseUnitPrice(text: string, what = 'The price'): PicoUsd {
  return parseScaled(text, 12, what);
}

/** A unit price times a factor, rounded up to a pico-dollar. */
export function timesFactor(each: PicoUsd, factor: PriceFactor | undefined): PicoUsd {
  if (factor === undefined) return each;
  return (each * parseUsd(factor, 'The price factor') + PICO_PER_MICRO - 1n) / PICO_PER_MICRO;
}

/** Micro-US-dollars of a sum in pico-US-dollars, rounded up. This is the only rounding of a generation's price. */
export function roundUpToMicroUsd(pico: PicoUsd): MicroUsd {
  return (pico + PICO_PER_MICRO - 1n) / PICO_PER_MICRO;
}

function formatScaled(amount: bigint, scale: number): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The decimal string of an amount: 20_000n → "0.02", 0n → "0". */
export function formatUsd(amount: MicroUsd): string {
  return formatScaled(amount, 6);
}

/** The decimal string of a unit price or an unrounded sum: 250_000n → "0.00000025". */
export function formatPicoUsd(amount: PicoUsd): string {
  return formatScaled(amount, 12);
}
