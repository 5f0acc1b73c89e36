/** Does work now and then until stopped; a turn that fails (a part is away) is followed by the next one. */
export function startLoop(
  work: () => Promise<void>,
  options: { readonly everyMs: number; readonly onFailure: (error: unknown) => void },
): { stop(): Promise<void> } {
  let isStopped = false;
  let current: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      current = work().catch(options.onFailure).finally(schedule);
    }, options.everyMs);
  }

  schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
