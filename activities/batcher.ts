import { isAppError } from '../domain/errors';

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

/** How large a group may get: in members, and in bytes of what they bring. */
export interface GroupBounds<Item> {
  readonly maxSize: number;
  readonly maxBytes: number;
  /** What an item adds to the group's statement, in bytes. */
  readonly bytesOf: (item: Item) => number;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what arrives while the gate is shut travels together in the next call of `run`, in order. A group closes at its bounds; an item
 * above `maxBytes` travels alone. Members belong to different teams: when a group fails for another reason than a database that is away
 * (`service_unavailable`), each is tried alone, so that only the one at fault fails.
 * @param run - gives one answer per item, in order; repeating an item is harmless
 */
export function createBatcher<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  options: GroupBounds<Item> & { readonly gate: Gate },
): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];

  function pump(): void {
    while (waiting.length > 0) {
      const leave = options.gate.enter(pump);
      if (leave === null) return;
      const size = groupSize(waiting, options);
      const group = waiting.slice(0, size);
      waiting = waiting.slice(size);
      void send(group).finally(leave);
    }
  }

  async function send(group: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await run(group.map((entry) => entry.item));
      group.forEach((entry, index) => {
        const answer = answers[index];
        if (answer === undefined) entry.reject(new Error('The group gave no answer for an item.'));
        else entry.resolve(answer);
      });
    } catch (error) {
      const isAway = isAppError(error) && error.code === 'service_unavailable';
      if (group.length > 1 && !isAway) for (const entry of group) await send([entry]);
      else for (const entry of group) entry.reject(error);
    }
  }

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, bytes: options.bytesOf(item), resolve, reject });
      pump();
    });
}

/** How many of those that wait form the next group: at least one. */
function groupSize(
  waiting: readonly { readonly bytes: number }[],
  { maxSize, maxBytes }: Pick<GroupBounds<never>, 'maxSize' | 'maxBytes'>,
): number {
  let bytes = 0;
  for (const [index, entry] of waiting.entries()) {
    bytes += entry.bytes;
    if (index === maxSize || (index > 0 && bytes > maxBytes)) return index;
  }
  return waiting.length;
}
