import type { ObjectStore } from '../../../domain/storage';
import { CAMPAIGN_LIMITS } from './limits';
import { splitLines } from './lines';

const MEMORY_CHARACTERS = 2 * 1024 * 1024;

/** Lines that are kept for a while and can be read again and again. */
export interface LineBuffer {
  readonly count: number;
  lines(): AsyncIterable<string>;
  /** Frees what it takes, best effort. */
  discard(): Promise<void>;
}

/**
 * Keeps lines (without line ends in them): in memory while they are few, beyond that in the object store under `key`.
 * @throws what `lines` throws, with nothing left behind
 */
export async function bufferLines(objects: ObjectStore, key: string, lines: AsyncIterable<string>): Promise<LineBuffer> {
  const source = lines[Symbol.asyncIterator]();
  const first: string[] = [];
  let characters = 0;
  let count = 0;
  while (characters <= MEMORY_CHARACTERS) {
    const next = await source.next();
    if (next.done === true) return memoryBuffer(first);
    first.push(next.value);
    characters += next.value.length;
    count += 1;
  }

  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(first.map((line) => `${line}\n`).join(''));
    first.length = 0;
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      count += 1;
      yield Buffer.from(`${next.value}\n`);
    }
  }
  await objects.putStream(key, bytes(), 'application/x-ndjson');
  return {
    count,
    async *lines() {
      const { body } = await objects.get(key);
      yield* splitLines(body, CAMPAIGN_LIMITS.maxItemBytes * 2);
    },
    discard: () => objects.delete(key).catch(() => undefined),
  };
}

function memoryBuffer(kept: readonly string[]): LineBuffer {
  return {
    count: kept.length,
    async *lines() {
      yield* kept;
    },
    discard: () => Promise.resolve(),
  };
}
