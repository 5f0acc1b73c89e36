/**
 * Rejects when `work` takes longer than `timeoutMs` milliseconds; the work goes on, and how it ends is nobody's business any more.
 * @param late - makes the error then; by default one that says how long was waited
 */
export async function within<Result>(timeoutMs: number, work: Promise<Result>, late?: () => Error): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late === undefined ? new Error(`no answer within ${timeoutMs / 1_000} s`) : late()), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after so many milliseconds, or as soon as `signal` aborts. Keeps no process alive. */
export function pause(forMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, forMs);
    timer.unref();
    signal?.addEventListener('abort', end);
  });
}

/** Pauses that double from `firstMs` up to `longestMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The pause after so many failures (0: after the first), in milliseconds, without jitter. */
export function backoffMs({ firstMs, longestMs }: Backoff, failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** failures);
}

export interface RetryOptions extends Backoff {
  /** After so many milliseconds the last error is thrown. */
  readonly patienceMs: number;
  /** False: thrown at once. */
  readonly isWorthRetrying: (error: unknown) => boolean;
  /** Told of each failure that is followed by another try. */
  readonly onRetry?: (error: unknown) => void;
}

/** Repeats work until it succeeds, fails for good, or patience ends. */
export async function retry<Result>(work: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const giveUpAt = performance.now() + options.patienceMs;
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = backoffMs(options, failures);
      if (!options.isWorthRetrying(error) || performance.now() + pauseMs > giveUpAt) throw error;
      options.onRetry?.(error);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
