/** Lets a call through, or asks `pump` again when it may. Answers what is to be called when the call has ended; null: not now. */
export interface Gate {
  enter(pump: () => void): (() => void) | null;
}

/**
 * One call at a time for all who share the gate: calls that would wait for each other's locks wait here instead, where what comes meanwhile
 * travels together. A call that takes longer than `patienceMs` lets another one pass, up to `most`. Whoever has just been through is asked last.
 */
export function createGate(options: { readonly patienceMs: number; readonly most: number }): Gate {
  const refused = new Set<() => void>();
  let running = 0;
  let slow = 0;

  function ask(last?: () => void): void {
    const pumps = [...refused].filter((pump) => pump !== last);
    if (last !== undefined && refused.has(last)) pumps.push(last);
    refused.clear();
    for (const pump of pumps) pump();
  }

  return {
    enter(pump) {
      if (running >= Math.min(options.most, 1 + slow)) {
        refused.add(pump);
        return null;
      }
      running += 1;
      let isSlow = false;
      const timer = setTimeout(() => {
        isSlow = true;
        slow += 1;
        ask();
      }, options.patienceMs);
      timer.unref();
      return () => {
        clearTimeout(timer);
        running -= 1;
        if (isSlow) slow -= 1;
        ask(pump);
      };
    },
  };
}

/**
 * Group commit: what arrives while the gate is shut travels together in the next call of `run`.
 * @param run - gives one answer per item, in order
 */
export function createBatcher<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  options: { readonly maxSize: number; readonly gate: Gate },
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];

  function pump(): void {
    while (waiting.length > 0) {
      const leave = options.gate.enter(pump);
      if (leave === null) return;
      const group = waiting.slice(0, options.maxSize);
      waiting = waiting.slice(options.maxSize);
      void send(group).finally(leave);
    }
  }

  async function send(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await run(group.map((entry) => entry.item));
      group.forEach((entry, index) => {
        const answer = answers[index];
        if (answer === undefined) entry.reject(new Error('The group gave no answer for an item.'));
        else entry.resolve(answer);
      });
    } catch (error) {
      for (const entry of group) entry.reject(error);
    }
  }

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      pump();
    });
}
