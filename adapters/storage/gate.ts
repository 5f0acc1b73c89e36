/** Runs work, at most so much at once; the rest waits its turn. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** @param width - how much may run at once, at least 1 */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let free = width;

  return async (work) => {
    if (free > 0) {
      free -= 1;
    } else {
      await new Promise<void>((resume) => waiting.push(resume));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) {
        free += 1;
      } else {
        next();
      }
    }
  };
}
