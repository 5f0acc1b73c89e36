/**
 * Group commit: at most `inFlight` calls of `run` at once; what arrives meanwhile travels together in the next one.
 * @param run - gives one answer per item, in order
 */
export function createBatcher<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  options: { readonly maxSize: number; readonly inFlight: number },
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let running = 0;

  function pump(): void {
    while (running < options.inFlight && waiting.length > 0) {
      const group = waiting.slice(0, options.maxSize);
      waiting = waiting.slice(options.maxSize);
      running += 1;
      void send(group);
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
    } finally {
      running -= 1;
      pump();
    }
  }

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      pump();
    });
}
