import { filetypemime } from 'magic-bytes.js';
import type { Asset } from '../../domain/task/task';
import { redact } from '../../domain/redact';

/** How many bytes of a file's beginning tell its type. */
export const SNIFF_BYTES = 4_100;

/** What a file is, by its bytes. */
export interface SniffedType {
  readonly kind: Asset['kind'];
  readonly contentType: string;
}

const IMAGES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'];
const VIDEOS = ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska', 'video/x-m4v'];
const SOUNDS = ['audio/mpeg', 'audio/wav', 'audio/x-wav', 'audio/ogg', 'audio/flac', 'audio/x-flac', 'audio/mp4', 'audio/x-m4a'];
const UNKNOWN = 'application/octet-stream';
export const SVG = 'image/svg+xml';

/**
 * Sniffs a type from the first bytes; a header or a name is never believed. What a browser could run (SVG, HTML, scripts) and all that is
 * unknown is `application/octet-stream`, so that no link of ours ever serves it as a page.
 */
export function sniffType(head: Uint8Array): SniffedType {
  const guesses = filetypemime(head.subarray(0, SNIFF_BYTES));
  const find = (known: readonly string[]) => guesses.find((guess) => known.includes(guess));
  const image = find(IMAGES);
  if (image !== undefined) return { kind: 'image', contentType: image };
  const video = find(VIDEOS);
  if (video !== undefined) return { kind: 'video', contentType: video };
  const sound = find(SOUNDS);
  return sound === undefined ? { kind: 'other', contentType: UNKNOWN } : { kind: 'audio', contentType: sound };
}

/**
 * The type of what a provider delivered: by its bytes, and where they tell nothing as it was declared. SVG is told as such: whoever serves it
 * must serve it as a download.
 * @param declared - the content type that came with it
 */
export function resultType(head: Uint8Array, declared: string | null): SniffedType {
  const said = (declared ?? '').replace(/;.*$/, '').trim().toLowerCase();
  // Bare samples have no head: whatever they begin with means nothing.
  if (said === 'audio/pcm') return { kind: 'audio', contentType: said };
  const sniffed = sniffType(head);
  if (sniffed.contentType !== UNKNOWN) return sniffed;
  if (isSvg(head)) return { kind: 'image', contentType: SVG };
  const guesses = [...filetypemime(head.subarray(0, SNIFF_BYTES)), ...(said === '' ? [] : [said])];
  const media = guesses.find((guess) => /^(image|video|audio)\/[a-z0-9][a-z0-9.+-]{0,60}$/.test(guess) && !/xml/.test(guess));
  if (media === undefined) return sniffed;
  return { kind: media.startsWith('image/') ? 'image' : media.startsWith('video/') ? 'video' : 'audio', contentType: media };
}

/** What surely is no medium, in words, by the whole beginning of a file; null: it may be one. */
export function nameOfNoMedium(head: Uint8Array): string | null {
  if (head.byteLength === 0) return 'nothing';
  if (sniffType(head).contentType !== UNKNOWN || isSvg(head)) return null;
  const text = textOf(head);
  if (text === null) return null;
  const start = withoutPreamble(text);
  if (start === '') return 'blank text';
  // A preamble that goes on beyond what is looked at: it may be an image all the same.
  if (/^<(!--|\?|!doctype\s+svg)/i.test(start)) return null;
  if (/^<(!doctype\s+html|html|head|body|title|meta|script|div|p|h1|center|table)\b/i.test(start)) return 'a web page';
  if (/^[[{]/.test(start)) return 'JSON';
  return start.startsWith('<') ? 'XML' : 'text';
}

/** The first words of a text, in one line, without what looks like a key. */
export function firstWords(head: Uint8Array, most: number): string {
  const words = redact((textOf(head) ?? '').replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim(), []);
  return Array.from(words).length > most ? `${Array.from(words).slice(0, most).join('')}…` : words;
}

function isSvg(head: Uint8Array): boolean {
  const text = textOf(head);
  return text !== null && /^<(?:[a-z][\w.-]*:)?svg[\s/>]/i.test(withoutPreamble(text));
}

/** Without what may stand before the first element: byte order mark, blanks, XML declaration, comments, an SVG's document type. */
function withoutPreamble(text: string): string {
  return text.replace(/^(?:\s+|\ufeff|<\?[^>]*>|<!--[\s\S]*?-->|<!doctype\s+svg[^>[]*(?:\[[^\]]*\])?[^>]*>)*/i, '');
}

/** The text that the bytes are; null: they hold what no text has. UTF-16 is known by its mark, all else is read as UTF-8. */
function textOf(head: Uint8Array): string | null {
  const [first, second] = head;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) return new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(head);
  const isBinary = head.some((byte) => (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) || byte === 0x7f);
  return isBinary ? null : new TextDecoder().decode(head);
}
