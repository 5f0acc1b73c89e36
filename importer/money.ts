import { decimalOf, quotient, wholeNumber, type Decimal } from './decimal';

/** What a dollar is in the programs' units where nobody changed it. */
const USUAL_QUOTA_PER_USD: Decimal = wholeNumber(500_000);

/** The option `QuotaPerUnit`: how many units a dollar is. */
export function quotaPerUsd(options: ReadonlyMap<string, string>): Decimal {
  const given = decimalOf(options.get('QuotaPerUnit') ?? '');
  return given === null || given.units <= 0n ? USUAL_QUOTA_PER_USD : given;
}

/** Dollars of an amount in units, to the micro-dollar. */
export function usdOf(quota: bigint, perUsd: Decimal): string {
  return quotient(wholeNumber(quota), perUsd, 6).text;
}

/** Micro-US-dollars of a decimal text, which may be below 0. */
export function microUsd(usd: string): bigint {
  const decimal = decimalOf(usd);
  return decimal === null ? 0n : decimal.units * 10n ** BigInt(6 - decimal.scale);
}
