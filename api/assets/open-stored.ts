import { Readable } from 'node:stream';
import { isAppError } from '../../domain/errors';
import type { ApiContext } from '../deps';

/** A stored file as a stream; null: it has outlived its retention, or was deleted. */
export async function openStored({ objects }: Pick<ApiContext, 'objects'>, key: string): Promise<Readable | null> {
  try {
    return Readable.from((await objects.get(key)).body, { objectMode: false });
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return null;
    throw error;
  }
}
