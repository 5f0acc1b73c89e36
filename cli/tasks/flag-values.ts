import { InvalidArgumentError } from 'commander';
import { parseUsd } from '../../domain/money/money';

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A whole number, 0 included. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number such as 2.');
  return Number(text);
}

/** A number of seconds. */
export function seconds(text: string): number {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) throw new InvalidArgumentError('It must be a number of seconds such as 4 or 2.5.');
  return Number(text);
}

/** An amount of US dollars, kept as the decimal string that it is. */
export function usd(text: string): string {
  try {
    parseUsd(text);
  } catch {
    throw new InvalidArgumentError('It must be an amount of US dollars such as 0.50, with at most six decimal places.');
  }
  return text.trim();
}
