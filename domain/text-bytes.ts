/** Encodings that text can be read from, by their WHATWG names. */
export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be';

/** True for the labels of UTF-8 and of ASCII, which is a part of it. */
export function isUtf8Label(label: string): boolean {
  return /^(?:utf-?8|(?:us-)?ascii)$/i.test(label);
}

/** The place where bytes stop being text. */
export interface TextFault {
  readonly encoding: TextEncodingName;
  /** Of the first byte that is wrong, counted from 0. */
  readonly offset: number;
  /** That byte; null: the text ends in the middle of a character; undefined: it is not known any more. */
  readonly byte: number | null | undefined;
}

/** What a byte order mark says. `length` in bytes. */
export function byteOrderMark(bytes: Uint8Array): { readonly encoding: TextEncodingName; readonly length: number } | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return null;
}

/**
 * The text of bytes, every one of them understood; a byte order mark of the same encoding is skipped.
 * @example decodeText(Buffer.from('M\xfctze', 'latin1')) // { fault: { encoding: 'utf-8', offset: 1, byte: 0xfc } }
 */
export function decodeText(
  bytes: Uint8Array,
  encoding: TextEncodingName = 'utf-8',
): { readonly text: string } | { readonly fault: TextFault } {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    const offset = encoding === 'utf-8' ? firstInvalidUtf8(bytes) : firstInvalid(bytes, encoding);
    return { fault: { encoding, offset, byte: bytes[offset] ?? null } };
  }
}

/**
 * A fault in words that say how to right it.
 * @param what - the bytes as the subject of a sentence: "The body"
 * @param base - offset of the bytes in what the user sent
 */
export function textFaultMessage({ encoding, offset, byte }: TextFault, what: string, base = 0): string {
  const name = encoding.toUpperCase();
  const place = base + offset;
  const found =
    byte === null
      ? `it ends in the middle of a character, at byte ${place}`
      : `byte ${place} (counted from 0) ${byte === undefined ? 'is wrong' : `is 0x${byte.toString(16).padStart(2, '0').toUpperCase()}`}`;
  const hint = encoding === 'utf-8' && byte !== null ? ' Perhaps it is Latin-1 or Windows-1252:' : '';
  return `${what} is not valid ${name}: ${found}.${hint}${hint === '' ? ' Save' : ' save'} and send it as UTF-8.`;
}

/** Bytes that begin a character, and the range of the byte that may follow: what is left out is overlong or a surrogate. */
function sequenceOf(lead: number): { readonly length: number; readonly low: number; readonly high: number } | null {
  if (lead < 0x80) return { length: 1, low: 0, high: 0 };
  if (lead >= 0xc2 && lead <= 0xdf) return { length: 2, low: 0x80, high: 0xbf };
  if (lead >= 0xe0 && lead <= 0xef) return { length: 3, low: lead === 0xe0 ? 0xa0 : 0x80, high: lead === 0xed ? 0x9f : 0xbf };
  if (lead >= 0xf0 && lead <= 0xf4) return { length: 4, low: lead === 0xf0 ? 0x90 : 0x80, high: lead === 0xf4 ? 0x8f : 0xbf };
  return null;
}

/**
 * Offset of the first character that is no UTF-8; the length when the last one is cut short or all are whole.
 * For a character whose first byte is right and a later one is not, that of the first byte.
 */
function firstInvalidUtf8(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const sequence = sequenceOf(bytes[at] ?? 0);
    if (sequence === null) return at;
    for (let next = 1; next < sequence.length; next += 1) {
      const byte = bytes[at + next];
      if (byte === undefined) return bytes.length;
      if (byte < (next === 1 ? sequence.low : 0x80) || byte > (next === 1 ? sequence.high : 0xbf)) return at;
    }
    at += sequence.length;
  }
  return at;
}

/** Length of the beginning that can be decoded by itself: what is left over at the end may go on in the bytes that follow. */
export function wholeTextLength(bytes: Uint8Array, encoding: TextEncodingName): number {
  if (encoding === 'utf-8') return bytes.length - unfinishedUtf8(bytes);
  const even = bytes.length - (bytes.length % 2);
  const high = bytes[encoding === 'utf-16le' ? even - 1 : even - 2] ?? 0;
  return high >= 0xd8 && high <= 0xdb ? even - 2 : even;
}

/** Bytes at the end that begin a character of UTF-8 and may go on: 0 to 3. */
function unfinishedUtf8(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const sequence = sequenceOf(byte);
    return sequence !== null && sequence.length > back ? back : 0;
  }
  return 0;
}

/** By halves: the longest beginning that can be decoded. */
function firstInvalid(bytes: Uint8Array, encoding: TextEncodingName): number {
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isDecodable(bytes.subarray(0, middle), encoding)) good = middle;
    else bad = middle;
  }
  return good;
}

function isDecodable(bytes: Uint8Array, encoding: TextEncodingName): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
