import { createHash } from 'node:crypto';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { BackupPart } from '../../domain/backup/manifest';
import type { BackupPlace } from '../../domain/backup/ports';
import { BackupFailure } from '../../domain/backup/failure';

/** A part is cut when so many bytes have gone into it, before they are compressed. */
const PART_BYTES = 1024 ** 3;
/** Text of Postgres shrinks to a fifth or so already at the quickest level. */
const LEVEL = 1;

type Bytes = AsyncIterable<Uint8Array>;

function through(body: Bytes, transform: Transform): Bytes {
  // What goes wrong on the way ends the iteration of the last stream.
  pipeline(Readable.from(body, { objectMode: false }), transform, () => undefined);
  return transform;
}

/** What has passed through a stream; complete when the stream is. */
export interface Passed {
  bytes: number;
  sha256: string;
}

/** Hands bytes on, counted and hashed. */
export async function* measured(body: Bytes, passed: Passed): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of body) {
    hash.update(chunk);
    passed.bytes += chunk.byteLength;
    yield chunk;
  }
  passed.sha256 = hash.digest('hex');
}

/** Writes a stream as it is. */
export async function writeMeasured(place: BackupPlace, path: string, body: Bytes): Promise<BackupPart> {
  const passed: Passed = { bytes: 0, sha256: '' };
  await place.write(path, measured(body, passed));
  return { path, ...passed };
}

/** Writes a stream as one gzipped part. */
export function writePart(place: BackupPlace, path: string, body: Bytes): Promise<BackupPart> {
  return writeMeasured(place, path, through(body, createGzip({ level: LEVEL })));
}

/** Writes a stream as gzipped parts `<path>.0001.gz` ...; none when it is empty. */
export async function writeParts(place: BackupPlace, path: string, body: Bytes): Promise<readonly BackupPart[]> {
  const chunks = body[Symbol.asyncIterator]();
  const parts: BackupPart[] = [];
  for (let next = await chunks.next(); next.done !== true;) {
    const first = next.value;
    async function* part(): AsyncGenerator<Uint8Array> {
      let bytes = first.byteLength;
      yield first;
      for (next = await chunks.next(); next.done !== true && bytes < PART_BYTES; next = await chunks.next()) {
        bytes += next.value.byteLength;
        yield next.value;
      }
    }
    parts.push(await writePart(place, `${path}.${String(parts.length + 1).padStart(4, '0')}.gz`, part()));
  }
  return parts;
}

/** Reads parts one after the other, unpacked. @throws BackupFailure `backup_damaged` (at its end) for a part that is not as it was written */
export async function* readParts(place: BackupPlace, parts: readonly BackupPart[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    const passed: Passed = { bytes: 0, sha256: '' };
    try {
      yield* through(measured(await place.read(part.path), passed), createGunzip());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') === true) throw damaged(place, part.path, 'cannot be unpacked', error);
      throw error;
    }
    refuseOther(place, part, passed);
  }
}

/** @throws BackupFailure `backup_damaged` when what was read is not what was written */
export function refuseOther(place: BackupPlace, part: BackupPart, read: Passed): void {
  if (read.bytes !== part.bytes) throw damaged(place, part.path, `has ${String(read.bytes)} bytes instead of ${String(part.bytes)}`);
  if (read.sha256 !== part.sha256) throw damaged(place, part.path, 'has another checksum than when it was written');
}

export function damaged(place: BackupPlace, path: string, how: string, cause?: unknown): BackupFailure {
  return new BackupFailure(
    `The backup in ${place.title} is damaged: ${path} ${how}.`,
    'backup_damaged',
    ['Use another backup; atelier backup verify says whether one is whole.'],
    cause,
  );
}

/** Lines of text, without their ends. */
export async function* linesOf(body: Bytes): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Text as bytes, a line each. */
export async function* linesAsBytes(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let held = '';
  for await (const line of lines) {
    held += `${line}\n`;
    if (held.length < 65_536) continue;
    yield encoder.encode(held);
    held = '';
  }
  if (held !== '') yield encoder.encode(held);
}

/** Reads to the end. */
export async function readAll(body: Bytes): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  for (let next = await chunks.next(); next.done !== true;) next = await chunks.next();
}

/** In COPY's text format a line end is always the end of a row. */
export async function* countLines(body: AsyncIterable<Uint8Array>, counted: { rows: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) counted.rows += 1;
    yield chunk;
  }
}
