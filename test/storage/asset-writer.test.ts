import sharp from 'sharp';
import { createAssetWriter } from '../../adapters/storage/asset-writer';
import { createObjectStore } from '../../adapters/storage/object-store';
import { sha256, useAssetWriter } from './writer';
import { greyImage, noisyImage, testVideo } from './media';

const made = useAssetWriter();
const { write } = made;

describe('images', () => {
  test('an image is kept as it came, with its facts; its thumbnail is left to whoever asks for it', async () => {
    const bytes = await greyImage('png', 1600, 900);

    const asset = await write(bytes, { id: 'asset_plain', revisedPrompt: 'grey', index: 2 });

    expect(asset).toMatchObject({
      id: 'asset_plain',
      teamId: 7,
      taskId: 'task_1',
      index: 2,
      kind: 'image',
      key: 'teams/7/assets/asset_plain',
      thumbnailKey: 'teams/7/assets/asset_plain',
      contentType: 'image/png',
      width: 1600,
      height: 900,
      durationS: null,
      bytes: bytes.byteLength,
      sha256: sha256(bytes),
      revisedPrompt: 'grey',
    });
    expect(sha256(await made.objects.read(asset.key))).toBe(asset.sha256);
    expect(await made.objects.get(asset.key)).toMatchObject({ contentType: 'image/png' });
    expect(await made.objects.list('teams/7/thumbnails/', { after: '', limit: 10 })).toEqual([]);
  });

  test.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)('a %s is known by its bytes, whatever its staging said', async (format) => {
    await made.objects.put('staging/task_1/1/0', await greyImage(format), 'text/plain');

    const asset = await write({ stagedKey: 'staging/task_1/1/0' });

    expect(asset).toMatchObject({ kind: 'image', contentType: `image/${format}`, width: 640, height: 360 });
    expect(await made.objects.get(asset.key)).toMatchObject({ contentType: `image/${format}` });
  });

  test("a camera's turn counts in width and height", async () => {
    const turned = await sharp(await greyImage('jpeg', 300, 200))
      .withMetadata({ orientation: 6 })
      .toBuffer();

    expect(await write(turned)).toMatchObject({ width: 200, height: 300 });
  });

  test('the same id written again overwrites itself', async () => {
    await write(await greyImage('png', 100, 100), { id: 'asset_again' });
    const second = await write(await greyImage('jpeg', 50, 50), { id: 'asset_again' });

    expect(sha256(await made.objects.read(second.key))).toBe(second.sha256);
    expect(await made.objects.get(second.key)).toMatchObject({ contentType: 'image/jpeg' });
  });

  test.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['an SVG behind a comment', '<!-- x --><?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['text', 'hello'],
    ['nothing', ''],
    ['an image that is only a signature', '\x89PNG\r\n\x1a\n'],
    ['an error as JSON', '{"error":{"message":"expired"}}'],
  ])('%s is no image', async (_name, text) => {
    await expect(write(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ code: 'invalid_image' });
  });

  test.each(['png', 'jpeg', 'webp'] as const)('a %s that was cut off is no image, and nothing is kept of it', async (format) => {
    const bytes = await noisyImage(format);

    await expect(write(bytes.subarray(0, bytes.length / 2), { id: `asset_cut_${format}` })).rejects.toMatchObject({
      code: 'invalid_image',
    });

    expect(await made.objects.exists(`teams/7/assets/asset_cut_${format}`)).toBe(false);
  });

  test('an image with absurdly many pixels is refused by its header', async () => {
    const bomb = await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: '#000' } })
      .png({ compressionLevel: 9 })
      .toBuffer();

    await expect(write(bomb)).rejects.toMatchObject({ code: 'invalid_image', message: expect.stringContaining('pixels') as string });
  });

  test('SVG and HTML that are kept as files are never served as such', async () => {
    const page = await write(Buffer.from('<!doctype html><script>alert(1)</script>'), { expect: 'any' });
    const svg = await write(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), { expect: 'any' });

    expect([page.kind, page.contentType, svg.kind, svg.contentType]).toEqual([
      'other',
      'application/octet-stream',
      'other',
      'application/octet-stream',
    ]);
    expect((await fetch(await made.objects.sign(page.key, 60))).headers.get('content-type')).toBe('application/octet-stream');
  });
});

describe('wishes', () => {
  async function pixels(key: string) {
    return sharp(await made.objects.read(key))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
  }

  test('a watermark is drawn in the lower right corner and nowhere else', async () => {
    const asset = await write(await greyImage('png'), { watermark: 'Made by <Atelier> & co' });

    const { data, info } = await pixels(asset.key);
    const changed: { x: number; y: number }[] = [];
    let brightest = 0;
    for (let pixel = 0; pixel < info.width * info.height; pixel += 1) {
      const value = data[pixel * info.channels] ?? 0;
      if (Math.abs(value - 128) > 2) changed.push({ x: pixel % info.width, y: Math.floor(pixel / info.width) });
      brightest = Math.max(brightest, value);
    }

    expect(asset).toMatchObject({ contentType: 'image/png', width: 640, height: 360 });
    expect(changed.length).toBeGreaterThan(300);
    expect(changed.every(({ x, y }) => x > info.width / 3 && y > info.height * 0.85)).toBe(true);
    // Light letters, but the image shines through.
    expect(brightest).toBeGreaterThan(200);
    expect(brightest).toBeLessThan(250);
    expect(asset.sha256).toBe(sha256(await made.objects.read(asset.key)));
  });

  test.each([
    [16, 16],
    [40, 2000],
    [2000, 12],
  ])('a watermark fits an image of %d x %d', async (width, height) => {
    expect(await write(await greyImage('png', width, height), { watermark: 'A rather long line of text' })).toMatchObject({
      width,
      height,
    });
  });

  test('an empty watermark changes nothing', async () => {
    const bytes = await greyImage('png');

    expect(await write(bytes, { watermark: ' \n ' })).toMatchObject({ sha256: sha256(bytes) });
  });

  test.each([
    ['jpeg', 'image/jpeg'],
    ['jpg', 'image/jpeg'],
    ['webp', 'image/webp'],
    ['png', 'image/png'],
    ['mp4', 'image/gif'],
  ])('an image asked for as %s is kept as %s', async (format, contentType) => {
    const asset = await write(await greyImage('gif'), { format });

    expect(asset.contentType).toBe(contentType);
    expect((await sharp(await made.objects.read(asset.key)).metadata()).format).toBe(contentType.slice('image/'.length));
  });

  test('compression 0 is a value: it makes the smallest file', async () => {
    const bytes = await noisyImage('png');

    const sizes = [];
    for (const compression of [0, 50, 100]) sizes.push((await write(bytes, { format: 'jpeg', compression })).bytes);

    expect(sizes).toEqual(sizes.toSorted((left, right) => left - right));
    expect(sizes[0]).toBeLessThan((sizes[2] ?? 0) / 4);
  });
});

describe('videos', () => {
  test.each([
    ['mp4', 'video/mp4', []],
    ['mp4', 'video/mp4', ['-movflags', '+frag_keyframe+empty_moov+default_base_moof']],
    ['mov', 'video/quicktime', []],
    ['webm', 'video/webm', []],
  ] as const)('a video in %s is kept with size, duration and thumbnail (%s %j)', async (extension, contentType, args) => {
    const bytes = testVideo(extension, args);
    await made.objects.put('staging/task_1/1/1', bytes, 'application/json');

    const asset = await write({ stagedKey: 'staging/task_1/1/1' }, { expect: 'video' });

    expect(asset).toMatchObject({ kind: 'video', contentType, width: 320, height: 180, bytes: bytes.byteLength, sha256: sha256(bytes) });
    expect(asset.durationS).toBeCloseTo(2, 0);
    expect(sha256(await made.objects.read(asset.key))).toBe(asset.sha256);
    const thumbnail = await sharp(await made.objects.read(asset.thumbnailKey ?? 'none')).metadata();
    expect(thumbnail).toMatchObject({ format: 'webp', width: 320, height: 180 });
  });

  test('a video in hand is kept like a staged one', async () => {
    expect(await write(testVideo('mp4'), { expect: 'video' })).toMatchObject({ kind: 'video', width: 320, height: 180 });
  });

  test('a video whose images cannot be decoded is kept without a thumbnail', async () => {
    const bytes = testVideo('mp4', ['-movflags', '+faststart']);
    bytes.fill(0, bytes.indexOf('mdat') + 4);

    expect(await write(bytes, { expect: 'video' })).toMatchObject({ kind: 'video', width: 320, thumbnailKey: null });
  });

  test('a video that was cut off before its index is no video', async () => {
    const bytes = testVideo('mp4');

    await expect(write(bytes.subarray(0, bytes.length / 2), { expect: 'video' })).rejects.toMatchObject({ code: 'invalid_image' });
  });

  test('a playlist that calls itself a video opens nothing', async () => {
    const playlist = Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n');

    await expect(write(playlist, { expect: 'video' })).rejects.toMatchObject({ code: 'invalid_image' });
  });

  test('an image is no video and a video is no image', async () => {
    await expect(write(await greyImage('png'), { expect: 'video' })).rejects.toMatchObject({ code: 'invalid_image' });
    await expect(write(testVideo('mp4'), { expect: 'image' })).rejects.toMatchObject({ code: 'invalid_image' });
  });
});

test('any file is kept with size and checksum when any is expected', async () => {
  const bytes = Buffer.from('{"custom_id":"1"}\n'.repeat(1_000));
  await made.objects.put('staging/file', bytes, 'text/html');

  const asset = await write({ stagedKey: 'staging/file' }, { expect: 'any', taskId: null, index: null });

  expect(asset).toMatchObject({
    kind: 'other',
    contentType: 'application/octet-stream',
    bytes: bytes.byteLength,
    sha256: sha256(bytes),
    thumbnailKey: null,
  });
});

test('a video is kept as it comes from its provider, without being staged', async () => {
  const bytes = testVideo('mp4');
  async function* pieces() {
    for (let at = 0; at < bytes.byteLength; at += 500) yield bytes.subarray(at, at + 500);
  }

  const asset = await write({ body: pieces(), contentType: 'video/mp4' }, { expect: 'result' });

  expect(asset).toMatchObject({ kind: 'video', contentType: 'video/mp4', bytes: bytes.byteLength, sha256: sha256(bytes) });
  expect(Buffer.from(await made.objects.read(asset.key)).equals(bytes)).toBe(true);
});

test('a staged file that is gone, and a store that is gone, are failures to store', async () => {
  await expect(write({ stagedKey: 'staging/nothing' })).rejects.toMatchObject({
    code: 'asset_storage_failed',
    facts: { isPermanent: true },
  });

  const elsewhere = createObjectStore({ ...made.bucket, secretAccessKey: 'not-the-secret' });
  const failing = createAssetWriter(elsewhere).write({
    id: 'asset_x',
    teamId: 1,
    taskId: null,
    index: null,
    expect: 'image',
    source: { bytes: await greyImage('png') },
    revisedPrompt: null,
    watermark: null,
    format: null,
    compression: null,
  });
  await expect(failing).rejects.toMatchObject({ code: 'asset_storage_failed' });
  elsewhere.close();
});
