import fc from 'fast-check';
import type { Model } from '../../domain/provider/catalogue';
import type { Price } from '../../domain/money/price';
import { NO_USAGE } from '../../domain/task/generation';
import type { ChatInput, MediaInput } from '../../domain/task/generation';
import { inputTokenBound, maxOutputTokens, priceOf, reservationBound } from '../../domain/money/pricing';

const unitPrice = fc.bigInt(0n, 10n ** 14n);
const base = {
  name: 'm',
  tier: null,
  routes: [],
  contextWindow: null,
  timeouts: { firstByteMs: 1, submitMs: 1, totalMs: 1 },
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

test('an image part counts 3,000 tokens however long its data is, and text that hides in it is counted all the same', () => {
  const bound = (part: object) => inputTokenBound({ operation: 'chat', messages: [{ role: 'user', content: [part] }], params: {} });
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1_000_000)}` } };

  expect(bound(image)).toBeGreaterThan(3_000);
  expect(bound(image)).toBeLessThan(3_500);
  expect(bound({ ...image, text: 'x'.repeat(50_000) })).toBeGreaterThan(53_000);
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
