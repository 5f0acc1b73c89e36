import { partialKey, type PartialImage, type PartialStore } from '../../domain/task/partials';
import type { ObjectStore } from '../../domain/storage';

/** No model sends more; a bound, so that a listing always ends. */
const MAX_PARTIALS = 16;

/** Keeps partial images as objects: there is no row for what is worth nothing once the task has ended. */
export function createPartialStore(objects: ObjectStore): PartialStore {
  return {
    put: (taskId, index, bytes, contentType) => objects.put(partialKey(taskId, index), bytes, contentType),
    async list(taskId, fromIndex) {
      const found: PartialImage[] = [];
      for (let index = fromIndex; index < MAX_PARTIALS; index += 1) {
        const key = partialKey(taskId, index);
        if (!(await objects.exists(key))) break;
        found.push({ index, key });
      }
      return found;
    },
  };
}
