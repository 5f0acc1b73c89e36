import { createLimit, inParallel } from '../../lib/parallel';
import { backoffMs, retry, within } from '../../lib/time';

/** Work that ends when it is told to, and how much of it is under way. */
function manual() {
  const open: (() => void)[] = [];
  let most = 0;
  let now = 0;
  return {
    most: () => most,
    finish: () => open.shift()?.(),
    async run<T>(value: T): Promise<T> {
      now += 1;
      most = Math.max(most, now);
      await new Promise<void>((resolve) => open.push(resolve));
      now -= 1;
      return value;
    },
  };
}

test('no more than the width is under way, and results keep the order of the things', async () => {
  const work = manual();
  const all = inParallel([1, 2, 3, 4, 5], 2, (thing) => work.run(thing * 10));
  const ended = all.then(() => true);
  while (!(await Promise.race([ended, Promise.resolve(false)]))) work.finish();

  expect(await all).toEqual([10, 20, 30, 40, 50]);
  expect(work.most()).toBe(2);
});

test('every thing is tried though one fails, and the first failure is thrown', async () => {
  const tried: number[] = [];
  const all = inParallel([1, 2, 3], 1, async (thing) => {
    tried.push(thing);
    if (thing < 3) throw new Error(`no ${String(thing)}`);
  });

  await expect(all).rejects.toThrow('no 1');
  expect(tried).toEqual([1, 2, 3]);
});

test('a place of a limit is free again after a failure', async () => {
  const limit = createLimit(1);

  await expect(limit(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await limit(() => Promise.resolve('yes'))).toBe('yes');
});

test('work that takes too long is given up with the error asked for', async () => {
  const never = new Promise<never>(() => undefined);

  await expect(within(5, never)).rejects.toThrow('no answer within 0.005 s');
  await expect(within(5, never, () => new RangeError('late'))).rejects.toThrow(RangeError);
  expect(await within(1_000, Promise.resolve(7))).toBe(7);
});

test('pauses double up to the longest', () => {
  expect([0, 1, 2, 3, 9].map((failures) => backoffMs({ firstMs: 100, longestMs: 500 }, failures))).toEqual([100, 200, 400, 500, 500]);
});

test('work is repeated while it is worth it and patience lasts', async () => {
  let tries = 0;
  const failing = async (): Promise<string> => {
    tries += 1;
    if (tries < 3) throw new Error('away');
    return 'here';
  };
  const told: unknown[] = [];
  const options = { firstMs: 1, longestMs: 2, patienceMs: 5_000, isWorthRetrying: (error: unknown) => (error as Error).message === 'away' };

  expect(await retry(failing, { ...options, onRetry: (error) => told.push(error) })).toBe('here');
  expect(told).toHaveLength(2);
  await expect(retry(() => Promise.reject(new Error('wrong')), options)).rejects.toThrow('wrong');
  await expect(retry(() => Promise.reject(new Error('away')), { ...options, patienceMs: 0 })).rejects.toThrow('away');
});
