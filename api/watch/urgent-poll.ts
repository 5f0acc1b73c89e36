const EVERY_MS = 150;

/** Looks often at some ids, and not at all while there are none. */
export interface UrgentPoll {
  /** Returns what takes it out again. */
  add(id: string): () => void;
  close(): void;
}

export function createUrgentPoll(look: (ids: readonly string[]) => void): UrgentPoll {
  const waits = new Set<{ readonly id: string }>();
  let timer: NodeJS.Timeout | undefined;

  function close(): void {
    waits.clear();
    clearInterval(timer);
    timer = undefined;
  }

  return {
    add(id) {
      const wait = { id };
      waits.add(wait);
      timer ??= setInterval(() => look([...new Set([...waits].map((each) => each.id))]), EVERY_MS).unref();
      return () => {
        waits.delete(wait);
        if (waits.size === 0) close();
      };
    },
    close,
  };
}
