import { usageFailure } from '../failure';
import { parseJson } from '../json-value';

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
