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
}

/** Size and SHA-256 of what went through; whole only after the end. */
export interface Tally {
  bytes: number;
  sha256: string;
}

export async function openSource(objects: ObjectStore, source: NewAsset['source']): Promise<OpenedSource> {
  if ('bytes' in source) {
    return { head: source.bytes.subarray(0, SNIFF_BYTES), body: once(source.bytes) };
  }
  const { body } = await objects.get(source.stagedKey);
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
  return { head, body: resumed(head, iterator) };
}

/** Reads a whole file into memory. @throws AppError `invalid_image` above `maxBytes` */
export async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of tallied(body, maxBytes, { bytes: 0, sha256: '' })) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Writes a whole file to disk. @throws AppError `invalid_image` above `maxBytes` */
export async function spool(body: AsyncIterable<Uint8Array>, maxBytes: number, path: string): Promise<Tally> {
  const tally = { bytes: 0, sha256: '' };
  await pipeline(tallied(body, maxBytes, tally), createWriteStream(path, { mode: 0o600 }));
  return tally;
}

/** Hands the body on and counts. */
export async function* tallied(body: AsyncIterable<Uint8Array>, maxBytes: number, tally: Tally): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of body) {
    tally.bytes += chunk.byteLength;
    if (tally.bytes > maxBytes) {
      throw new AppError('invalid_image', `The file is larger than the ${maxBytes} bytes that are kept.`);
    }
    hash.update(chunk);
    yield chunk;
  }
  tally.sha256 = hash.digest('hex');
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
