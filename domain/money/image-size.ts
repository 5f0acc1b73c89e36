import type { Size } from '../task/output-size';

/** Bytes by position; reading beyond the end gives `undefined`. */
interface Bytes {
  readonly length: number;
  at(index: number): number | undefined;
}

/** A JPEG has a handful of segments before its frame; more than this is no image that anybody made. */
const MOST_JPEG_SEGMENTS = 200;

/**
 * The size that the header of a PNG, JPEG, GIF or WebP names, read in place: only the header is decoded, however long the data is.
 * @param text - holds base64 (or base64url) without line breaks, from `start` on
 * @returns undefined for other formats and broken headers
 * @example imageSizeOfBase64(url, url.indexOf(',') + 1) // { width: 1024, height: 768 }
 */
export function imageSizeOfBase64(text: string, start = 0): Size | undefined {
  const bytes = base64Bytes(text, start);
  const size = png(bytes) ?? jpeg(bytes) ?? gif(bytes) ?? webp(bytes);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

function base64Bytes(text: string, start: number): Bytes {
  return {
    length: Math.floor(((text.length - start) * 3) / 4),
    at(index) {
      const left = start + Math.floor(index / 3) * 4 + (index % 3);
      const high = sextet(text.charCodeAt(left));
      const low = sextet(text.charCodeAt(left + 1));
      if (high === undefined || low === undefined) return undefined;
      const shift = 2 * (index % 3) + 2;
      return ((high << shift) | (low >> (6 - shift))) & 0xff;
    },
  };
}

/** The six bits of a base64 character; undefined for any other, and beyond the text (`NaN`). */
function sextet(code: number): number | undefined {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43 || code === 45) return 62;
  return code === 47 || code === 95 ? 63 : undefined;
}

function png(bytes: Bytes): Size | undefined {
  if (!says(bytes, 1, 'PNG')) return undefined;
  return sized(bigEndian(bytes, 16, 4), bigEndian(bytes, 20, 4));
}

function gif(bytes: Bytes): Size | undefined {
  return says(bytes, 0, 'GIF8') ? sized(littleEndian(bytes, 6, 2), littleEndian(bytes, 8, 2)) : undefined;
}

function webp(bytes: Bytes): Size | undefined {
  if (!says(bytes, 0, 'RIFF') || !says(bytes, 8, 'WEBP')) return undefined;
  if (says(bytes, 12, 'VP8X')) return sized(plus(littleEndian(bytes, 24, 3), 1), plus(littleEndian(bytes, 27, 3), 1));
  if (says(bytes, 12, 'VP8L')) {
    const packed = littleEndian(bytes, 21, 4);
    return packed === undefined ? undefined : sized((packed % 0x4000) + 1, (Math.floor(packed / 0x4000) % 0x4000) + 1);
  }
  if (!says(bytes, 12, 'VP8 ')) return undefined;
  const width = littleEndian(bytes, 26, 2);
  const height = littleEndian(bytes, 28, 2);
  return width === undefined || height === undefined ? undefined : sized(width % 0x4000, height % 0x4000);
}

/** Hops from segment to segment until the frame header. */
function jpeg(bytes: Bytes): Size | undefined {
  if (bytes.at(0) !== 0xff || bytes.at(1) !== 0xd8) return undefined;
  let position = 2;
  for (let hops = 0; hops < MOST_JPEG_SEGMENTS && position < bytes.length; hops += 1) {
    if (bytes.at(position) !== 0xff) return undefined;
    const marker = bytes.at(position + 1);
    const length = bigEndian(bytes, position + 2, 2);
    if (marker === undefined || length === undefined) return undefined;
    if (marker === 0xff) position += 1;
    // C4, C8 and CC are tables, not frames.
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return sized(bigEndian(bytes, position + 7, 2), bigEndian(bytes, position + 5, 2));
    else position += 2 + length;
  }
  return undefined;
}

function says(bytes: Bytes, start: number, word: string): boolean {
  return Array.from(word).every((letter, index) => bytes.at(start + index) === letter.charCodeAt(0));
}

function bigEndian(bytes: Bytes, start: number, count: number): number | undefined {
  let value = 0;
  for (let index = 0; index < count; index += 1) {
    const byte = bytes.at(start + index);
    if (byte === undefined) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

function littleEndian(bytes: Bytes, start: number, count: number): number | undefined {
  let value = 0;
  for (let index = count - 1; index >= 0; index -= 1) {
    const byte = bytes.at(start + index);
    if (byte === undefined) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

function plus(value: number | undefined, more: number): number | undefined {
  return value === undefined ? undefined : value + more;
}

function sized(width: number | undefined, height: number | undefined): Size | undefined {
  return width === undefined || height === undefined ? undefined : { width, height };
}
