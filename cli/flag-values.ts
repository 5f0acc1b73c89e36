import { InvalidArgumentError } from 'commander';
import { parseUsd } from '../domain/money/money';
import { usageFailure } from './failure';
import { parseJson } from './json-value';

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

/** `name=value` options as texts. @throws CliFailure `usage` that names the option */
export function textPairs(option: string, pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => splitPair(option, pair)));
}

/** `name=value` options; a value that is JSON (7, true, null, ["a"], "7") is taken as that, anything else as a text. */
export function valuePairs(option: string, pairs: readonly string[] = []): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, text] = splitPair(option, pair);
      return [name, parseJson(text) ?? (text === 'null' ? null : text)];
    }),
  );
}

function splitPair(option: string, pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw usageFailure(`${option} takes NAME=VALUE, not "${pair}".`, `For example ${option} name=value`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}
