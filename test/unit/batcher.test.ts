import { createBatcher, createGate } from '../../activities/batcher';
import { AppError } from '../../domain/errors';

/** Every item weighs a byte. */
const LIGHT = { maxBytes: 1_000, bytesOf: () => 1 };

/** A run whose calls end when they are told to. */
function calls() {
  const open: { readonly kind: string; readonly items: readonly number[]; end(): void; fail(): void }[] = [];
  const waiters: (() => void)[] = [];
  return {
    run: (kind: string) => (items: readonly number[]) =>
      new Promise<readonly number[]>((resolve, reject) => {
        open.push({
          kind,
          items,
          end: () => {
            resolve(items.map((item) => item * 10));
          },
          fail: () => {
            reject(new Error('the database is away'));
          },
        });
        waiters.splice(0).forEach((wake) => {
          wake();
        });
      }),
    /** The call of this number, once it has begun. */
    async begun(number: number) {
      while (open[number] === undefined) await new Promise<void>((resolve) => waiters.push(resolve));
      return open[number];
    },
    count: () => open.length,
  };
}

test('what comes while a call is under way travels together, and the other kind is asked first', async () => {
  const made = calls();
  const options = { ...LIGHT, maxSize: 3, gate: createGate({ patienceMs: 60_000, most: 4 }) };
  const admit = createBatcher(made.run('admit'), options);
  const settle = createBatcher(made.run('settle'), options);
  const answers = Promise.all([admit(1), admit(2), admit(3), admit(4), admit(5), settle(6), settle(7)]);

  for (let number = 0; number < 4; number += 1) (await made.begun(number)).end();

  expect(await answers).toEqual([10, 20, 30, 40, 50, 60, 70]);
  const seen = await Promise.all([0, 1, 2, 3].map(made.begun));
  expect(seen.map(({ kind, items }) => [kind, ...items])).toEqual([
    ['admit', 1],
    ['settle', 6, 7],
    ['admit', 2, 3, 4],
    ['admit', 5],
  ]);
});

test('a call that takes long lets others pass, up to the most allowed', async () => {
  const made = calls();
  const admit = createBatcher(made.run('admit'), { ...LIGHT, maxSize: 1, gate: createGate({ patienceMs: 5, most: 2 }) });
  const answers = Promise.all([admit(1), admit(2), admit(3)]);

  const first = await made.begun(0);
  (await made.begun(1)).end();
  (await made.begun(2)).end();
  first.end();

  expect(await answers).toEqual([10, 20, 30]);
});

test('a call that fails fails its own items only, and the next goes on', async () => {
  const made = calls();
  const admit = createBatcher(made.run('admit'), { ...LIGHT, maxSize: 2, gate: createGate({ patienceMs: 60_000, most: 1 }) });
  const answers = Promise.allSettled([admit(1), admit(2), admit(3)]);

  (await made.begun(0)).fail();
  (await made.begun(1)).end();

  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
});

test('a group closes at its bytes, and an item above them travels alone', async () => {
  const groups: (readonly number[])[] = [];
  const run = (items: readonly number[]) => {
    groups.push(items);
    return Promise.resolve(items);
  };
  const admit = createBatcher(run, {
    maxSize: 5,
    maxBytes: 10,
    bytesOf: (bytes) => bytes,
    gate: createGate({ patienceMs: 60_000, most: 1 }),
  });

  await Promise.all([1, 4, 5, 1, 2, 30, 3, 3, 3, 1, 0, 0].map(admit));

  expect(groups).toEqual([[1], [4, 5, 1], [2], [30], [3, 3, 3, 1, 0], [0]]);
});

test('of a group that fails each is tried alone, and only the one at fault fails', async () => {
  const groups: (readonly string[])[] = [];
  const run = (items: readonly string[]) => {
    groups.push(items);
    return items.includes('bad') ? Promise.reject(new RangeError('Invalid string length')) : Promise.resolve(items);
  };
  const admit = createBatcher(run, { ...LIGHT, maxSize: 64, gate: createGate({ patienceMs: 60_000, most: 1 }) });

  const answers = await Promise.allSettled(['first', 'one', 'bad', 'two'].map(admit));

  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(groups).toEqual([['first'], ['one', 'bad', 'two'], ['one'], ['bad'], ['two']]);
});

test('a database that is away is not asked for each member of a group', async () => {
  let calls = 0;
  const run = () => {
    calls += 1;
    return Promise.reject(new AppError('service_unavailable', 'The database is away.'));
  };
  const admit = createBatcher(run, { ...LIGHT, maxSize: 64, gate: createGate({ patienceMs: 60_000, most: 1 }) });

  await Promise.allSettled([1, 2, 3].map(admit));

  expect(calls).toBe(2);
});
