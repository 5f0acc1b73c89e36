/**
 * Reads ZIP files with what browsers have (`DecompressionStream`): a workbook needs no more, and no library comes with the page for it.
 * What a file claims is not believed: a part that becomes larger than its bound is given up while it is read.
 */
export class ZipError extends Error {
  override readonly name = 'ZipError';
  constructor(readonly reason: 'broken' | 'large') {
    super(`The ZIP file is ${reason}.`);
  }
}

interface Entry {
  readonly method: number;
  readonly start: number;
  readonly length: number;
}

const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const END_BYTES = 22;
const MOST_COMMENT = 65_535;
const MOST_ENTRIES = 10_000;

/** @returns the text of a part by its name; null: there is no such part. All parts together are at most `mostBytes` long. */
export function openZip(bytes: Uint8Array, mostBytes: number): (name: string) => Promise<string | null> {
  const entries = entriesOf(bytes);
  let left = mostBytes;
  return async (name) => {
    const entry = entries.get(name);
    if (entry === undefined) return null;
    const read = await inflate(bytes, entry, left);
    left -= read.length;
    return new TextDecoder().decode(read);
  };
}

function entriesOf(bytes: Uint8Array): ReadonlyMap<string, Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_BYTES;
  const first = Math.max(0, end - MOST_COMMENT);
  while (end >= first && view.getUint32(end, true) !== END) end -= 1;
  if (end < first) throw new ZipError('broken');
  const count = view.getUint16(end + 10, true);
  if (count > MOST_ENTRIES) throw new ZipError('large');
  const found = new Map<string, Entry>();
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) throw new ZipError('broken');
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
    const local = view.getUint32(at + 42, true);
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL) throw new ZipError('broken');
    found.set(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)), {
      method: view.getUint16(at + 10, true),
      start: local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true),
      length: view.getUint32(at + 20, true),
    });
    at += 46 + nameLength + extra + comment;
  }
  return found;
}

async function inflate(bytes: Uint8Array, { method, start, length }: Entry, most: number): Promise<Uint8Array> {
  if (start + length > bytes.length || (method !== 0 && method !== 8)) throw new ZipError('broken');
  const packed = bytes.slice(start, start + length);
  if (method === 0) {
    if (packed.length > most) throw new ZipError('large');
    return packed;
  }
  const parts: Uint8Array[] = [];
  let read = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      read += value.length;
      if (read > most) throw new ZipError('large');
      parts.push(value);
    }
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    throw error instanceof ZipError ? error : new ZipError('broken');
  }
  const whole = new Uint8Array(read);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
