import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../domain/errors';
import type { NewAsset, ObjectStore } from '../../domain/storage';
import { SNIFF_BYTES } from './content-type';

/** A file that is to become an asset, opened: its beginning in hand, all of it to be read once. */
export interface OpenedSource {
  readonly head: Uint8Array;
  readonly body: AsyncIterable<Uint8Array>;
  /** Infinite: it comes from elsewhere, and is not known yet. */
  readonly sizeBytes: number;
  /** The content type that came with it; null: none did. */
  readonly declared: string | null;
}

/** Size and SHA-256 of what went through; whole only after the end. */
export interface Tally {
  bytes: number;
  sha256: string;
}

export async function openSource(objects: ObjectStore, source: NewAsset['source']): Promise<OpenedSource> {
  if ('bytes' in source) {
    const { bytes, contentType = null } = source;
    return { head: bytes.subarray(0, SNIFF_BYTES), body: once(bytes), sizeBytes: bytes.byteLength, declared: contentType };
  }
  const { body, bytes, contentType } =
    'body' in source ? { ...source, bytes: Number.POSITIVE_INFINITY } : await objects.get(source.stagedKey);
  const iterator = body[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < SNIFF_BYTES) {
    const next = await iterator.next();
    if (next.done === true) {
      break;
    }
    first.push(next.value);
    length += next.value.byteLength;
  }
  const head = Buffer.concat(first);
  // What ended within its head is known to be so small.
  return { head, body: resumed(head, iterator), sizeBytes: length < SNIFF_BYTES ? length : bytes, declared: contentType };
}

/** What could be read into memory: all of it, or a beginning and the rest as a stream of the whole. */
export type Held =
  { readonly isWhole: true; readonly bytes: Uint8Array } | { readonly isWhole: false; readonly body: AsyncIterable<Uint8Array> };

/** Reads a file into memory as far as `maxBytes` allow; a larger one is handed on as a stream, nothing of it lost. */
export async function hold(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Held> {
  const iterator = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    chunks.push(next.value);
    length += next.value.byteLength;
    if (length > maxBytes) return { isWhole: false, body: resumed(Buffer.concat(chunks), iterator) };
  }
  const [only, second] = chunks;
  // One piece is what it is: it need not be held twice.
  return { isWhole: true, bytes: only !== undefined && second === undefined ? only : Buffer.concat(chunks) };
}

/** Writes a whole file to disk. @throws AppError as `tallied` */
export async function spool(body: AsyncIterable<Uint8Array>, maxBytes: number, path: string): Promise<Tally> {
  const tally = { bytes: 0, sha256: '' };
  await pipeline(tallied(body, maxBytes, tally), createWriteStream(path, { mode: 0o600 }));
  return tally;
}

/** Hands the body on and counts. @throws AppError `invalid_image` (permanent) above `maxBytes` */
export async function* tallied(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
  tally: Tally,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of body) {
    tally.bytes += chunk.byteLength;
    if (tally.bytes > maxBytes) throw tooLarge(maxBytes);
    hash.update(chunk);
    yield chunk;
  }
  tally.sha256 = hash.digest('hex');
}

export function tooLarge(maxBytes: number): AppError {
  return new AppError('invalid_image', `The file is larger than the limit of ${maxBytes} bytes.`, { isPermanent: true });
}

/** Ends a body that nobody reads, so that its connection is free again. */
export async function abandon(source: OpenedSource): Promise<void> {
  const iterator = source.body[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.return?.();
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* resumed(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
