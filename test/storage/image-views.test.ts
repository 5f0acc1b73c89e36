import sharp from 'sharp';
import { createImageViews } from '../../adapters/storage/image-views';
import { createViewCache } from '../../adapters/storage/view-cache';
import { AppError } from '../../domain/errors';
import { greyImage } from './media';

test('a thumbnail is made once, however many ask for it at the same time and later', async () => {
  const image = await greyImage('png', 1600, 900);
  const reads: string[] = [];
  const views = createImageViews({
    read: async (key) => {
      reads.push(key);
      return image;
    },
  });

  const made = await Promise.all(Array.from({ length: 8 }, () => views.shrink('teams/7/assets/a', 512)));
  await views.shrink('teams/7/assets/a', 512);
  await views.shrink('teams/7/assets/b', 512);

  expect(reads).toEqual(['teams/7/assets/a', 'teams/7/assets/b']);
  for (const bytes of made) expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 512, height: 288 });
});

test('a file that could not be read is read again by who asks next', async () => {
  const image = await greyImage('png', 8, 8);
  let isAway = true;
  const views = createImageViews({
    read: async () => {
      if (isAway) throw new AppError('service_unavailable', 'away');
      return image;
    },
  });

  await expect(views.shrink('a', 256)).rejects.toMatchObject({ code: 'service_unavailable' });
  isAway = false;
  expect((await views.shrink('a', 256)).byteLength).toBeGreaterThan(0);
});

test('views are remembered within a bound of bytes and of minutes, what was asked for last the longest', async () => {
  let nowMs = 0;
  const remembered = createViewCache(() => nowMs);
  const made: string[] = [];
  const ask = (name: string) =>
    remembered(name, async () => {
      made.push(name);
      return new Uint8Array(6 * 1024 * 1024);
    });

  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(name);
  expect(made).toEqual(['a', 'b', 'c', 'b']);

  nowMs += 11 * 60_000;
  await ask('b');
  expect(made).toEqual(['a', 'b', 'c', 'b', 'b']);
});
