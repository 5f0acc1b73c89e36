import type { ObjectStore } from '../domain/storage';

/**
 * An object store that removes nothing while a backup is being made: the rows that were read may name it.
 * @param hold - gives the object up for later; false: no backup is being made
 */
export function withHeldRemovals<Store extends ObjectStore>(objects: Store, hold: (key: string) => Promise<boolean>): Store {
  return {
    ...objects,
    async delete(key: string) {
      if (!(await hold(key))) await objects.delete(key);
    },
  };
}
