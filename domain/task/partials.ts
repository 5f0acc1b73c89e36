/** An image that is not finished yet, shown to clients that asked for `partial_images`. */
export interface PartialImage {
  /** 0-based, rising. */
  readonly index: number;
  /** Where its bytes are in the object store. */
  readonly key: string;
}

/**
 * Partial images of running image tasks. The worker puts one and then raises the task's version (`setProgress`), which wakes
 * those who watch the task; they list what is new. Partials are a courtesy: a lost one loses nothing that was paid for.
 */
export interface PartialStore {
  /** Keeps the partial at `index`; repeating overwrites it. */
  put(taskId: string, index: number, bytes: Uint8Array, contentType: string): Promise<void>;
  /** The partials from `fromIndex` on, without gaps. */
  list(taskId: string, fromIndex: number): Promise<readonly PartialImage[]>;
}

/** The object key of a partial image. */
export function partialKey(taskId: string, index: number): string {
  return `partials/${taskId}/${String(index)}`;
}
