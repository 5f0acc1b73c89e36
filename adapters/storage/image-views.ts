import { isAppError, AppError } from '../../domain/errors';
import type { ImageViews, ObjectStore } from '../../domain/storage';
import { createLimit } from '../../lib/parallel';
import { convertImage, makeThumbnail } from './image';
import { createViewCache } from './view-cache';

/** Images that a process decodes for views at once: each takes four bytes a pixel. */
const AT_ONCE = 2;

/** Views of images in an object store. Small ones are remembered for a while: thumbnails are asked for again and again. */
export function createImageViews(objects: Pick<ObjectStore, 'read'>): ImageViews {
  const turns = createLimit(AT_ONCE);
  const remembered = createViewCache();

  function view(key: string, make: (bytes: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
    return turns(async () => {
      const bytes = await objects.read(key);
      try {
        return await make(bytes);
      } catch (error) {
        throw isAppError(error) ? error : new AppError('invalid_image', 'The image cannot be decoded.', {}, error);
      }
    });
  }

  return {
    shrink: (key, sidePx) => remembered(`${key}@${String(sidePx)}`, () => view(key, (bytes) => makeThumbnail(bytes, sidePx))),
    convert: (key, format) => view(key, (bytes) => convertImage(bytes, format)),
  };
}
