import { createStoringTurns } from '../../activities/campaign/pace';

const party = (id: string, key = 'production:sample', weight = 8) => ({ id, share: { key, weight } });

/** Turns of which `storing` may be taken at once; answers who took them, in order, and what ends the one that was taken first. */
function aStore(storing: 1 | 2) {
  const turns = createStoringTurns(() => Promise.resolve({ onTheWay: 1, storing } as never));
  const taken: string[] = [];
  const ends: (() => void)[] = [];
  const asked: Promise<void>[] = [];
  return {
    taken,
    ask(id: string, count: number, ...share: [string?, number?]) {
      for (let result = 0; result < count; result += 1)
        asked.push(
          turns(party(id, ...share)).then((end) => {
            taken.push(id);
            ends.push(end);
          }),
        );
    },
    /** Ends one turn after the other until all that was asked for were taken. */
    async through() {
      for (let turn = 0; turn < asked.length; turn += 1) {
        while (ends.length === 0) await new Promise(setImmediate);
        ends.shift()!();
        await new Promise(setImmediate);
      }
      await Promise.all(asked);
    },
  };
}

test('a campaign with few results stores them in turn with one that has many before it', async () => {
  const store = aStore(1);
  store.ask('large', 20);
  store.ask('small', 4);

  await store.through();

  // The first one was taken before the small campaign came.
  expect(store.taken.slice(1, 9)).toEqual(['large', 'small', 'large', 'small', 'large', 'small', 'large', 'small']);
  expect(store.taken).toHaveLength(24);
});

test('of two turns at once one is of each team, however many campaigns a team has', async () => {
  const store = aStore(2);
  for (const id of ['a', 'b', 'c']) store.ask(id, 6, 'script:one', 1);
  store.ask('d', 6, 'script:two', 1);

  await store.through();

  expect(store.taken.slice(2, 14).filter((id) => id === 'd')).toHaveLength(6);
});
