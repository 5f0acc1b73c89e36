/** Runs work, at most so much at once; the rest waits its turn. */
export type Gate = <T>(work: () => Promise<T>, weight?: number) => Promise<T>;

/**
 * @param width - how much may run at once, in the unit of the weights: pieces of work, bytes
 * @example const bytes = createGate(64 * 1024 ** 2); await bytes(() => decode(image), image.byteLength)
 */
export function createGate(width: number): Gate {
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
