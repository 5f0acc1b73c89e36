import { createStoringTurns } from '../../activities/campaign/pace';

const party = (id: string, key = 'production:sample', weight = 8) => ({ id, share: { key, weight } });

/** Turns of which `storing` may be taken at once; answers who took them, in order, and what ends the one that was taken first. */
function aStore(storing: 1 | 2) {
  const turns = createStoringTurns(() => Promise.resolve({ storing, rest: 0 }));
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

test('beside single requests a turn stays empty for as long as the pace says, and a long wait does not count as work', async () => {
  let nowMs = 0;
  const rests: { readonly work: () => void; readonly ms: number }[] = [];
  const clock = { now: () => nowMs, later: (work: () => void, ms: number) => void rests.push({ work, ms }) };
  const turns = createStoringTurns(() => Promise.resolve({ storing: 1, rest: 1.5 }), clock);
  const end = await turns(party('a'));
  const next = turns(party('a'));
  let isTaken = false;
  void next.then(() => (isTaken = true));

  nowMs += 20;
  end();
  await new Promise(setImmediate);
  expect([isTaken, rests.map(({ ms }) => ms)]).toEqual([false, [30]]);

  rests[0]!.work();
  const endNext = await next;
  nowMs += 5_000;
  endNext();
  expect(rests[1]!.ms).toBe(100);
});
