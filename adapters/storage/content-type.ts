import { filetypemime } from 'magic-bytes.js';

/** How many bytes of a file's beginning tell its type. */
export const SNIFF_BYTES = 4_100;

/** What a file is, by its bytes; a header or a name is never believed. */
export interface SniffedType {
  readonly kind: 'image' | 'video' | 'other';
  readonly contentType: string;
}

const PICTURES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'];
const FILMS = ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/x-m4v'];
const SOUNDS = ['audio/mpeg', 'audio/wav', 'audio/x-wav', 'audio/ogg', 'audio/flac', 'audio/x-flac', 'audio/mp4', 'audio/x-m4a'];

/**
 * Sniffs a type from the first bytes. What a browser could run (SVG, HTML, scripts) and all that is unknown is
 * `application/octet-stream`, so that no link of ours ever serves it as a page.
 */
export function sniffType(head: Uint8Array): SniffedType {
  const guesses = filetypemime(head.subarray(0, SNIFF_BYTES));
  const find = (known: readonly string[]) => guesses.find((guess) => known.includes(guess));
  const picture = find(PICTURES);
  if (picture !== undefined) {
    return { kind: 'image', contentType: picture };
  }
  const film = find(FILMS);
  if (film !== undefined) {
    return { kind: 'video', contentType: film };
  }
  return { kind: 'other', contentType: find(SOUNDS) ?? 'application/octet-stream' };
}
