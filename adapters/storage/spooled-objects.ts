import { AppError, toAppError, type ErrorCode } from '../../domain/errors';
import type { ObjectStore, SpoolStore, StoredObject } from '../../domain/storage';

/** An object store that keeps new objects in the database's spool: for results that are paid for while S3 is away. They are held whole. */
export function createSpooledObjects(objects: ObjectStore, spool: SpoolStore): ObjectStore {
  return {
    ...objects,
    put: (key, bytes) => spool.put(key, bytes),
    async putStream(key, body) {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      await spool.put(key, Buffer.concat(pieces));
    },
  };
}

/** What S3 does not have, or not now, may still be in the spool. */
const ELSEWHERE: readonly ErrorCode[] = ['not_found', 'service_unavailable'];

/** The object store, with what waits in the spool for S3 to come back. */
export function readThroughSpool<Store extends ObjectStore>(objects: Store, spool: SpoolStore): Store {
  async function orSpooled<T>(key: string, read: () => Promise<T>, spooled: (bytes: Uint8Array) => T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!ELSEWHERE.includes(toAppError(error).code)) throw error;
      const bytes = await spool.get(key).catch(() => null);
      if (bytes === null) throw error;
      return spooled(bytes);
    }
  }

  return {
    ...objects,
    get: (key, range) =>
      orSpooled(
        key,
        () => objects.get(key, range),
        (bytes) => partOf(bytes, range),
      ),
    read: (key) =>
      orSpooled(
        key,
        () => objects.read(key),
        (bytes) => bytes,
      ),
  };
}

/** As S3 answers to one range; anything else is the whole. */
function partOf(bytes: Uint8Array, range: string | undefined): StoredObject {
  const size = bytes.byteLength;
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === '' && to === '') return objectOf(bytes, null);
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first >= size || last < first) throw new AppError('range_not_satisfiable', 'The file has no bytes in the requested range.');
  return objectOf(bytes.subarray(first, last + 1), `bytes ${String(first)}-${String(last)}/${String(size)}`);
}

function objectOf(bytes: Uint8Array, contentRange: string | null): StoredObject {
  return { body: piecesOf(bytes), contentType: 'application/octet-stream', bytes: bytes.byteLength, contentRange };
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
