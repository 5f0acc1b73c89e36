export interface EventuallyOptions {
  /** How long to go on asking, in milliseconds. */
  readonly withinMs: number;
  /** Pause between two questions, in milliseconds. */
  readonly everyMs?: number;
}

/**
 * Asks until the answer is neither undefined, null nor false and no error is thrown, then gives that answer.
 * At the deadline it throws the last error, or says what the last answer was.
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions): Promise<NonNullable<T>> {
  const deadline = performance.now() + options.withinMs;
  for (;;) {
    const last = await Promise.resolve()
      .then(check)
      .then(
        (answer) => ({ answer, error: undefined }),
        (error: unknown) => ({ answer: undefined, error: error instanceof Error ? error : new Error(String(error)) }),
      );
    if (last.error === undefined && last.answer !== undefined && last.answer !== null && last.answer !== false) return last.answer;
    if (performance.now() >= deadline) {
      if (last.error !== undefined) throw last.error;
      throw new Error(`Still ${String(last.answer)} after ${options.withinMs} ms: ${check.toString()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 25));
  }
}
