import sharp from 'sharp';
import type { NewAsset } from '../../domain/storage';
import { sha256, useAssetWriter } from './writer';
import { noisyImage, testVideo } from './media';

const made = useAssetWriter();
const { write } = made;

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const kept = (bytes: Uint8Array | string, wishes: Partial<NewAsset> = {}) => write(Buffer.from(bytes), { ...wishes, expect: 'result' });

test.each([
  ['an SVG', SVG, 'image', 'image/svg+xml'],
  [
    'an SVG with all that may stand before it',
    `\ufeff<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE svg PUBLIC "-//W3C" "x.dtd">\n${SVG}`,
    'image',
    'image/svg+xml',
  ],
  ['an SVG with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>', 'image', 'image/svg+xml'],
  ['a preamble that goes on', `<!-- ${'x'.repeat(9_000)} -->${SVG}`, 'other', 'application/octet-stream'],
  ['a TIFF', Buffer.from('II*\0\x08\0\0\0\0\0\0\0', 'latin1'), 'image', 'image/tiff'],
  ['a sound', Buffer.from('ID3\x03\0\0\0\0', 'latin1'), 'audio', 'audio/mpeg'],
  ['an image that is only a signature', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'image', 'image/png'],
  ['bytes that nobody knows', Buffer.from([0, 1, 2, 3, 255]), 'other', 'application/octet-stream'],
])('%s is kept as it came', async (_name, bytes, kind, contentType) => {
  const asset = await kept(bytes, { format: 'png', watermark: 'ours' });

  expect(asset).toMatchObject({ kind, contentType, width: null, height: null, durationS: null, thumbnailKey: null });
  expect(asset.notice).toMatch(/was not converted to png and no watermark was drawn on it, as its content cannot be read/);
  expect(Buffer.from(await made.objects.read(asset.key))).toEqual(Buffer.from(bytes as string));
  expect(asset.sha256).toBe(sha256(Buffer.from(bytes as string)));
});

test.each(['png', 'jpeg', 'webp'] as const)('a %s that was cut off is kept, its size unknown', async (format) => {
  const bytes = (await noisyImage(format)).subarray(0, 9_000);

  expect(await kept(bytes)).toMatchObject({ kind: 'image', contentType: `image/${format}`, width: null, sha256: sha256(bytes) });
});

test('what is too large to be decoded is kept', async () => {
  const bomb = await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: '#000' } })
    .png({ compressionLevel: 9 })
    .toBuffer();

  expect(await kept(bomb)).toMatchObject({ contentType: 'image/png', width: null, bytes: bomb.byteLength });
});

test('a file of more bytes than are decoded is streamed as it is, whole', async () => {
  const bytes = Buffer.alloc(65 * 1024 * 1024, 7);
  bytes.write('\x89PNG\r\n\x1a\n', 0, 'latin1');
  await made.objects.put('staging/large', bytes, 'image/png');

  const asset = await write({ stagedKey: 'staging/large' }, { expect: 'result' });

  expect(asset).toMatchObject({ contentType: 'image/png', width: null, bytes: bytes.byteLength, sha256: sha256(bytes) });
});

test('a video that cannot be parsed is kept without a size, one that can be without a watermark', async () => {
  const cut = await kept(testVideo('mp4').subarray(0, 4_000));
  const whole = await kept(testVideo('mp4'), { watermark: 'ours' });

  expect(cut).toMatchObject({ kind: 'video', contentType: 'video/mp4', width: null, durationS: null, thumbnailKey: null, bytes: 4_000 });
  expect(whole).toMatchObject({ width: 320, notice: expect.stringContaining('no watermark was drawn') as string });
});

test('a type that the bytes do not tell is taken as it was declared, unless a browser could run it', async () => {
  const unknown = { bytes: Buffer.from([0, 9, 9, 9]) };

  const types = [];
  for (const contentType of ['image/jxl', 'VIDEO/MP2T; x=y', 'image/svg+xml', 'text/html', 'application/json']) {
    types.push((await write({ ...unknown, contentType }, { expect: 'result' })).contentType);
  }

  expect(types).toEqual(['image/jxl', 'video/mp2t', ...Array(3).fill('application/octet-stream')]);
});

test.each([
  ['a web page', '\n<!-- x --><!DOCTYPE html><p>Sign in</p>', /a web page \(\d+ bytes.* It begins: .*Sign in/],
  ['a web page without a type', '<HTML><body>over</body></HTML>', /a web page/],
  ['JSON', '  {"error":{"message":"Wrong key sk-abcdefgh1234"}}', /JSON .*Wrong key \[redacted\]/],
  ['a list', '[1]', /JSON/],
  ['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', /XML .*AccessDenied/],
  ['text', 'Kein Zugriff für Sie', /text .*für/],
  ['text in Latin-1', Buffer.from('Kein Zugriff für Sie', 'latin1'), /text/],
  ['text in UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('not found', 'utf16le')]), /text .*not found/],
  ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n', /text/],
  ['blanks', ' \r\n', /blank text/],
  ['nothing', '', /delivered nothing in place/],
])('%s is surely no medium', async (_name, bytes, message) => {
  await expect(kept(bytes as string)).rejects.toMatchObject({
    code: 'provider_bad_response',
    message: expect.stringMatching(message) as string,
    facts: { isPermanent: true },
  });
});
