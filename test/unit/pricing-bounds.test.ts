import fc from 'fast-check';
import sharp from 'sharp';
import type { Model } from '../../domain/provider/catalogue';
import type { Price } from '../../domain/money/price';
import { NO_USAGE } from '../../domain/task/generation';
import type { ChatInput, MediaInput } from '../../domain/task/generation';
import { imageSizeOfBase64 } from '../../domain/money/image-size';
import {
  inputTokenBound,
  inputTokenEstimate,
  maxOutputTokens,
  outputTokenEstimate,
  priceOf,
  reservationBound,
} from '../../domain/money/pricing';

const unitPrice = fc.bigInt(0n, 10n ** 14n);
const base = {
  name: 'm',
  tier: null,
  routes: [],
  contextWindow: null,
  timeouts: { firstByteMs: 1, wholeFirstByteMs: 1, idleMs: 1, submitMs: 1, totalMs: 1 },
  callsPerRoute: 1,
  capabilities: {},
  createdAt: new Date(0),
};

/** A share of a bound: 0 and 1 come up often. */
const share = fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));

const chatInput: fc.Arbitrary<ChatInput> = fc.record({
  operation: fc.constant('chat' as const),
  messages: fc.array(fc.record({ role: fc.constant('user'), content: fc.string({ unit: 'grapheme' }) }), { minLength: 1, maxLength: 4 }),
  params: fc.record(
    { n: fc.integer({ min: 1, max: 5 }), max_completion_tokens: fc.integer({ min: 0, max: 20_000 }) },
    { requiredKeys: [] },
  ),
});

test('no usage within the bounds of a text request costs more than its reservation', () => {
  const price = fc.record({ kind: fc.constant('per_token' as const), input: unitPrice, cachedInput: unitPrice, output: unitPrice });
  fc.assert(
    fc.property(price, chatInput, share, share, share, (prices, input, inputShare, cachedShare, outputShare) => {
      const model: Model = { ...base, modality: 'text', price: prices, maxOutputTokens: 4096 };
      const n = (input.params['n'] as number | undefined) ?? 1;
      const inputTokens = Math.floor(inputTokenBound(input) * inputShare);
      const usage = {
        ...NO_USAGE,
        inputTokens,
        cachedInputTokens: Math.floor(inputTokens * cachedShare),
        outputTokens: Math.floor(maxOutputTokens(model, input) * n * outputShare),
      };

      expect(priceOf(model, input, usage).microUsd <= reservationBound(model, input)).toBe(true);
    }),
  );
});

test('no delivery within an image or video request costs more than its reservation', () => {
  const word = fc.option(fc.constantFrom('1024x1024', '720p', '1080p', '1280x720', 'odd'), { nil: null });
  const price: fc.Arbitrary<Price> = fc.oneof(
    fc.record({
      kind: fc.constant('per_image' as const),
      rows: fc.array(fc.record({ size: word, quality: fc.constantFrom('low', 'high', null), each: unitPrice }), { minLength: 1 }),
    }),
    fc.record({
      kind: fc.constant('per_second' as const),
      rows: fc.array(fc.record({ resolution: word, audio: fc.constantFrom(true, false, null), each: unitPrice }), { minLength: 1 }),
    }),
    fc.record({ kind: fc.constant('per_call' as const), each: unitPrice }),
  );
  const output = fc.record(
    {
      size: fc.constantFrom('1024x1024', '1280x720', 'auto'),
      resolution: fc.constantFrom('720p', '4k'),
      quality: fc.constantFrom('low', 'high', 'auto'),
      audio: fc.boolean(),
      n: fc.integer({ min: 1, max: 10 }),
      duration_s: fc.double({ min: 0.1, max: 60, noNaN: true }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(price, output, share, (prices, wanted, delivered) => {
      const operation = prices.kind === 'per_image' ? 'image' : 'video';
      const model: Model = { ...base, modality: operation, price: prices, maxOutputTokens: 0 };
      const input = { operation, prompt: '', images: [], output: wanted, params: {} } as MediaInput;
      const n = wanted.n ?? 1;
      const usage = { ...NO_USAGE, images: Math.floor(n * delivered), seconds: (wanted.duration_s ?? 10) * n * delivered };

      expect(priceOf(model, input, usage).microUsd <= reservationBound(model, input)).toBe(true);
    }),
  );
});

test('the input bound is never below the bytes of the text, and each message adds to it', () => {
  fc.assert(
    fc.property(chatInput, (input) => {
      const bytes = input.messages.reduce((sum, { content }) => sum + Buffer.byteLength(String(content)), 0);

      expect(inputTokenBound(input)).toBeGreaterThanOrEqual(bytes + 8 * input.messages.length);
    }),
  );
});

test('a lone surrogate counts as the three bytes it is sent as', () => {
  const bound = (content: string) => inputTokenBound({ operation: 'chat', messages: [{ role: 'user', content }], params: {} });

  expect(bound('\ud800') - bound('')).toBe(3);
  expect(bound('😀') - bound('')).toBe(4);
  expect(bound('é') - bound('')).toBe(2);
});

/** A PNG's header: all that is read of it. */
function pngOf(width: number, height: number): string {
  const bytes = Buffer.alloc(33);
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

const ask = (...parts: readonly object[]): ChatInput => ({
  operation: 'chat',
  messages: [{ role: 'user', content: parts }],
  params: {},
});
const tokensOf = (part: object) => ({
  bound: inputTokenBound(ask(part)) - inputTokenBound(ask()),
  estimate: inputTokenEstimate(ask(part)) - inputTokenEstimate(ask()),
});
const image = (url: string, detail?: string) => ({ type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } });

test.each<[string, object, number, number]>([
  // 85 tokens and 170 a tile; 2.46 a patch of 32 × 32.
  ['16 × 16', image(pngOf(16, 16)), 255, 255],
  ['512 × 512', image(pngOf(512, 512)), 630, 255],
  ['1024 × 1024', image(pngOf(1024, 1024)), 2_520, 765],
  ['2048 × 4096', image(pngOf(2048, 4096)), 3_779, 1_105],
  ['4096 × 1', image(pngOf(4096, 1)), 765, 765],
  ['1024 × 1024 at low detail', image(pngOf(1024, 1024), 'low'), 630, 85],
  ['1024 × 1024 as it is', image(pngOf(1024, 1024), 'original'), 12_000, 765],
  ['a link', image('https://example.com/a.png'), 3_779, 1_445],
  ['a link at low detail', image('https://example.com/a.png', 'low'), 630, 85],
  ['a megabyte of another format', image(`data:image/tiff;base64,${'A'.repeat(1_400_000)}`), 3_779, 1_445],
  ['the Responses spelling', { type: 'input_image', image_url: pngOf(1024, 1024), detail: 'low' }, 630, 85],
  [
    'the Anthropic spelling',
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pngOf(512, 512).slice(22) } },
    630,
    255,
  ],
])('an image of %s counts as an image', (_what, part, bound, estimate) => {
  const counted = tokensOf(part);

  // What is left over is the structure around it, as text.
  expect(counted.bound - bound).toBeGreaterThanOrEqual(0);
  expect(counted.bound - bound).toBeLessThan(40);
  expect(counted.estimate - estimate).toBeGreaterThanOrEqual(0);
  expect(counted.estimate - estimate).toBeLessThan(15);
});

test.each(['png', 'jpeg', 'webp', 'gif'] as const)('the size of a %s is read from its header', async (format) => {
  for (const [width, height] of [
    [300, 200],
    [1, 70],
    [2049, 3],
  ] as const) {
    const bytes = await sharp({ create: { width, height, channels: 3, background: '#0a0' } })
      .withMetadata({ exif: { IFD0: { Copyright: 'x'.repeat(5_000) } } })
      .toFormat(format)
      .toBuffer();

    expect(imageSizeOfBase64(`data:,${bytes.toString('base64')}`, 6)).toEqual({ width, height });
    expect(imageSizeOfBase64(bytes.toString('base64url'))).toEqual({ width, height });
    for (const cut of [0, 3, 11]) expect(imageSizeOfBase64(bytes.toString('base64').slice(0, cut))).toBeUndefined();
  }
});

test('audio and files count by their size', () => {
  const base64 = 'A'.repeat(400_000);
  const sound = tokensOf({ type: 'input_audio', input_audio: { data: base64, format: 'mp3' } });
  const file = tokensOf({ type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${base64}` } });
  const linked = tokensOf({ type: 'file', file: { file_id: 'file-1' } });

  expect(sound.bound).toBeLessThan(7_000);
  expect(sound.estimate).toBeLessThan(1_000);
  expect(file.bound).toBeGreaterThan(299_000);
  expect(file.estimate).toBeLessThan(76_000);
  expect(linked.bound).toBeGreaterThan(32_000);
});

test('what we count of a request is never above what was reserved for it', () => {
  const url = fc.oneof(
    fc.tuple(fc.nat(5_000), fc.nat(5_000)).map(([width, height]) => pngOf(width, height)),
    fc.constantFrom('https://example.com/a.png', 'data:image/webp;base64,', 'data:', '', 'x'),
    fc.string().map((text) => `data:image/jpeg;base64,${text}`),
  );
  const detail = fc.constantFrom('low', 'high', 'auto', 'original', 7, null);
  const base64 = fc.nat(50_000).map((length) => 'A'.repeat(length));
  const part = fc.oneof(
    fc.record({ type: fc.constant('text'), text: fc.string({ unit: 'grapheme' }) }),
    fc.record({ type: fc.constantFrom('image_url', 'input_image', 'image'), image_url: fc.oneof(url, fc.record({ url, detail })), detail }),
    fc.record({ type: fc.constant('image'), source: fc.record({ data: url }) }),
    fc.record({
      type: fc.constant('input_audio'),
      input_audio: fc.record({ data: base64, format: fc.constantFrom('wav', 'mp3', 'x', null) }),
    }),
    fc.record({ type: fc.constantFrom('video_url', 'input_video'), video_url: fc.oneof(base64, fc.record({ url: base64 })) }),
    fc.record({
      type: fc.constantFrom('file', 'input_file'),
      file: fc.record({ file_data: base64, file_id: fc.string() }, { requiredKeys: [] }),
    }),
    fc.record({ type: fc.constantFrom('image_url', 'file', 'input_audio', 'text') }),
    fc.jsonValue(),
  );
  const content = fc.oneof(fc.string(), fc.array(part, { maxLength: 5 }), fc.jsonValue());
  const chat = fc.record({
    operation: fc.constant('chat' as const),
    messages: fc.array(fc.record({ role: fc.constant('user'), content }), { maxLength: 3 }),
    params: fc.record({ tools: fc.jsonValue() }, { requiredKeys: [] }),
  });
  const item = fc.oneof(fc.string(), fc.array(fc.nat(), { maxLength: 20 }));
  const embedding = fc.record({
    operation: fc.constant('embedding' as const),
    input: fc.oneof(fc.string(), fc.array(fc.string()), fc.array(fc.nat()), fc.array(item)),
    params: fc.constant({}),
  });
  fc.assert(
    fc.property(fc.oneof(chat, embedding), (input) => {
      const estimate = inputTokenEstimate(input as ChatInput);

      expect(Number.isSafeInteger(estimate)).toBe(true);
      expect(estimate).toBeLessThanOrEqual(inputTokenBound(input as ChatInput));
    }),
    { numRuns: 500 },
  );
});

test('images in an answer count as images, wherever they stand', () => {
  const url = `data:image/png;base64,${'A'.repeat(100_000)}`;
  const answers = [
    { role: 'assistant', content: '', images: [{ type: 'image_url', image_url: { url } }] },
    { role: 'assistant', content: `![image](${url})` },
    { role: 'assistant', content: [{ type: 'image_url', image_url: { url } }] },
    { role: 'assistant', content: [{ type: 'text', text: `Here: ${url} and more.` }] },
  ];

  for (const answer of answers) {
    expect(outputTokenEstimate(answer)).toBeGreaterThan(1_289);
    expect(outputTokenEstimate(answer)).toBeLessThan(1_320);
  }
  expect(outputTokenEstimate({ role: 'assistant', content: 'x'.repeat(400), refusal: null })).toBe(100);
  expect(outputTokenEstimate({ role: 'assistant', content: '' })).toBe(0);
});

test('a message that calls itself an image does not hide its text', () => {
  const message = { role: 'user', type: 'image_url', image_url: 'x', content: 'y'.repeat(50_000) };

  expect(inputTokenBound({ operation: 'chat', messages: [message], params: {} })).toBeGreaterThan(50_000);
});

test('tools and schemas count as input', () => {
  const tools = [{ type: 'function', function: { name: 'f', description: 'd'.repeat(10_000) } }];

  expect(inputTokenBound({ operation: 'chat', messages: [{ role: 'user', content: 'hi' }], params: { tools } })).toBeGreaterThan(10_000);
});

test('embedding inputs count bytes of texts and numbers of tokens', () => {
  const bound = (input: string | string[] | number[] | number[][]) => inputTokenBound({ operation: 'embedding', input, params: {} });

  expect(bound('x'.repeat(1000))).toBeGreaterThanOrEqual(1000);
  expect(bound(['x'.repeat(1000), 'y'.repeat(500)])).toBeGreaterThanOrEqual(1500);
  expect(bound(Array.from({ length: 700 }, () => 1))).toBeGreaterThanOrEqual(700);
  expect(bound([Array.from({ length: 700 }, () => 1), [1, 2]])).toBeGreaterThanOrEqual(702);
});
