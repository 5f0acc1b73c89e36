import { AppError } from '../../domain/errors';

/** The stored inputs that this process has loaded for owner workflows, in bytes. */
export interface LoadedInputs {
  /** Counts one in. @throws AppError `rate_limit_exceeded` when no more fit; one alone always does */
  add(taskId: string, bytes: number): void;
  remove(taskId: string): void;
}

/**
 * After a crash an owner may have hundreds of tasks at once whose inputs nobody holds any more: they are loaded a part at a time.
 * @param mostBytes - of all together
 */
export function createLoadedInputs(mostBytes: number): LoadedInputs {
  const loaded = new Map<string, number>();
  let total = 0;

  function remove(taskId: string): void {
    total -= loaded.get(taskId) ?? 0;
    loaded.delete(taskId);
  }

  return {
    add(taskId, bytes) {
      remove(taskId);
      if (loaded.size > 0 && total + bytes > mostBytes) {
        throw new AppError('rate_limit_exceeded', 'This process has reached its limit of large inputs.');
      }
      loaded.set(taskId, bytes);
      total += bytes;
    },
    remove,
  };
}
