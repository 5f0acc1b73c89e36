/**
 * Whole numbers beyond 2^53 in JSON: a `seed` of 64 bits, say. JavaScript would round them, and a provider would then be asked for
 * something else. Where they are read they become texts with a mark, which travel and are stored as any text; where they are written
 * they are numbers again, digit by digit.
 */

/** U+E000 is for private use: nobody's text begins so. */
const MARK = '\ue000int:';
const MARKED = /"\ue000int:(-?\d+)"/g;
/** Cheap, and true for every text that holds such a number; base64 has no character that may stand before one. */
const MAY_HOLD_ONE = /[:,[\s]-?\d{16}/;
const INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * As `JSON.parse`, but whole numbers that JavaScript would round come as marked texts.
 * @throws SyntaxError as `JSON.parse`
 * @example
 * writeJson(readJsonExactly('{"seed":9007199254740993}')) // '{"seed":9007199254740993}'
 */
export function readJsonExactly(text: string): unknown {
  return JSON.parse(MAY_HOLD_ONE.test(text) ? markIntegers(text) : text);
}

/** A whole number: as JavaScript keeps it, or marked. */
export function isWholeNumber(value: unknown): boolean {
  return Number.isInteger(value) || (typeof value === 'string' && value.startsWith(MARK) && /^-?\d+$/.test(value.slice(MARK.length)));
}

/** As `JSON.stringify` of an object, marked texts as the numbers they were. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes(MARK) ? text.replace(MARKED, '$1') : text;
}

function markIntegers(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const outside = text.slice(at, quote === -1 ? text.length : quote);
    parts.push(outside.replace(INTEGER, (digits) => (String(Number(digits)) === digits ? digits : `"${MARK}${digits}"`)));
    if (quote === -1) break;
    at = endOfString(text, quote);
    parts.push(text.slice(quote, at));
  }
  return parts.join('');
}

/** The place after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}
