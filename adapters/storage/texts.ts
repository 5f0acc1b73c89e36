import { AppError } from '../../domain/errors';
import type { ObjectStore, TextStore } from '../../domain/storage';
import { createLimit } from '../../lib/parallel';
import { within } from '../../lib/time';

/** Each text on its way is in memory twice, as characters and as bytes. */
const AT_ONCE = 4;
/** A store that hangs keeps a text no longer than this. */
const PUT_WITHIN_MS = 10_000;
const JSON_TYPE = 'application/json';

/** Large JSON texts as objects, a few on their way at once. */
export function createTextStore(objects: Pick<ObjectStore, 'put' | 'read' | 'delete'>): TextStore {
  const limit = createLimit(AT_ONCE);
  return {
    put: (key, text) => limit(() => within(PUT_WITHIN_MS, objects.put(key, Buffer.from(text), JSON_TYPE), storageAway)),
    read: (key) => limit(async () => Buffer.from(await objects.read(key)).toString()),
    delete: (key) => objects.delete(key),
  };
}

/** The error of an object store that takes too long. */
export const storageAway = (): AppError => new AppError('service_unavailable', 'The object store is not responding.');
