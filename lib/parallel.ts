/** Runs work, at most so much at once; the rest waits its turn, in order. */
export type Limit = <T>(work: () => Promise<T>, weight?: number) => Promise<T>;

/**
 * @param width - how much may run at once, in the unit of the weights: pieces of work, bytes
 * @example
 * const bytes = createLimit(64 * 1024 ** 2);
 * await bytes(() => decode(image), image.byteLength);
 */
export function createLimit(width: number): Limit {
  const waiting: { readonly weight: number; readonly resume: () => void }[] = [];
  let free = width;

  function letIn(): void {
    for (let next = waiting[0]; next !== undefined && next.weight <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.weight;
      next.resume();
    }
  }

  return async (work, asked = 1) => {
    // What is heavier than all there is runs alone.
    const weight = Math.min(asked, width);
    await new Promise<void>((resume) => {
      waiting.push({ weight, resume });
      letIn();
    });
    try {
      return await work();
    } finally {
      free += weight;
      letIn();
    }
  };
}

/**
 * Works on things side by side, `width` at once. Each is tried whatever becomes of the others; the first failure is thrown at the end.
 * @returns the results in the order of the things
 */
export async function inParallel<Thing, Result>(
  things: readonly Thing[],
  width: number,
  work: (thing: Thing) => Promise<Result>,
): Promise<readonly Result[]> {
  const limit = createLimit(width);
  const ends = await Promise.allSettled(things.map((thing) => limit(() => work(thing))));
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
