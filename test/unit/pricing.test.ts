import type { Model } from '../../domain/provider/catalogue';
import type { Price } from '../../domain/money/price';
import type { ChatInput, GenerationInput, MediaInput, OutputParams, Usage } from '../../domain/task/generation';
import { NO_USAGE } from '../../domain/task/generation';
import { capPrice, inputTokenBound, priceOf, reservationBound } from '../../domain/money/pricing';

function modelWith(price: Price | null, more: Partial<Model> = {}): Model {
  return {
    name: 'm',
    modality: 'text',
    tier: null,
    price,
    routes: [{ provider: 'p', model: 'm', priority: 0, weight: 1 }],
    maxOutputTokens: 4096,
    contextWindow: null,
    timeouts: { firstByteMs: 1, wholeFirstByteMs: 1, idleMs: 1, submitMs: 1, totalMs: 1 },
    callsPerRoute: 2,
    capabilities: {},
    createdAt: new Date(0),
    ...more,
  };
}

// gpt-5-mini: 0.25, 0.025 and 2 US dollars per million.
const TOKENS: Price = { kind: 'per_token', input: 250_000n, cachedInput: 25_000n, output: 2_000_000n };
const chat = (content: string, params: Record<string, unknown> = {}): ChatInput => ({
  operation: 'chat',
  messages: [{ role: 'user', content }],
  params,
});
const media = (operation: 'image' | 'video', output: OutputParams): MediaInput => ({
  operation,
  prompt: 'p',
  images: [],
  output,
  params: {},
});
const used = (usage: Partial<Usage>): Usage => ({ ...NO_USAGE, ...usage });

describe('the price of text', () => {
  test('cached tokens cost the cached price and the sum is rounded up once', () => {
    const price = priceOf(modelWith(TOKENS), chat('hi'), used({ inputTokens: 1001, cachedInputTokens: 1000, outputTokens: 7 }));

    // 1 × 0.25 + 1000 × 0.025 + 7 × 2 = 39.25 micro-dollars
    expect(price.microUsd).toBe(40n);
    expect(price.lines).toEqual([
      { item: 'input_tokens', quantity: 1, unitUsd: '0.00000025', usd: '0.00000025' },
      { item: 'cached_input_tokens', quantity: 1000, unitUsd: '0.000000025', usd: '0.000025' },
      { item: 'output_tokens', quantity: 7, unitUsd: '0.000002', usd: '0.000014' },
    ]);
  });

  test('tokens written to a cache cost their own price, an hour more than some minutes, and the reservation covers them', () => {
    const price = { ...TOKENS, cacheWrite: { short: 312_500n, long: 500_000n } };
    const usage = used({ inputTokens: 1_000, cachedInputTokens: 100, cacheWriteInputTokens: 800, cacheWrite1hInputTokens: 300 });
    const { lines, microUsd } = priceOf(modelWith(price), chat('hi'), usage);

    expect(lines.map(({ item, quantity, usd }) => [item, quantity, usd])).toEqual([
      ['input_tokens', 100, '0.000025'],
      ['cached_input_tokens', 100, '0.0000025'],
      ['cache_write_input_tokens', 500, '0.00015625'],
      ['cache_write_1h_input_tokens', 300, '0.00015'],
    ]);
    expect(microUsd).toBe(334n);
    // Without a price of its own it is input.
    expect(priceOf(modelWith(TOKENS), chat('hi'), usage).lines).toMatchObject([{ quantity: 900 }, { quantity: 100 }]);
  });

  test.each([
    ['nothing is marked', {}, 250_000n],
    ['a part is', { content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] }, 312_500n],
    ['a part is, for an hour', { content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral', ttl: '1h' } }] }, 500_000n],
  ])('a request holds the price of what it may write to a cache: %s', (_what, message, each) => {
    const price = { ...TOKENS, cacheWrite: { short: 312_500n, long: 500_000n }, output: 0n };
    const input: ChatInput = { operation: 'chat', messages: [{ role: 'user', content: 'hi', ...message }], params: {} };

    expect(reservationBound(modelWith(price), input)).toBe((BigInt(inputTokenBound(input)) * each + 999_999n) / 1_000_000n);
  });

  test('more cached tokens than input tokens are taken for the input tokens', () => {
    const price = priceOf(modelWith(TOKENS), chat('hi'), used({ inputTokens: 40, cachedInputTokens: 4000 }));

    expect(price.microUsd).toBe(1n);
  });

  test('embeddings cost their input only', () => {
    const input: GenerationInput = { operation: 'embedding', input: ['a', 'b'], params: {} };

    expect(priceOf(modelWith(TOKENS), input, used({ inputTokens: 4000, outputTokens: 99 })).microUsd).toBe(1000n);
  });

  test('the bound counts the output limit once for each choice', () => {
    const model = modelWith({ kind: 'per_token', input: 0n, cachedInput: 0n, output: 1_000_000n });

    expect(reservationBound(model, chat('hi', { n: 3, max_completion_tokens: 100 }))).toBe(300n);
    expect(reservationBound(model, chat('hi', { max_tokens: 50 }))).toBe(50n);
    expect(reservationBound(model, chat('hi', { max_tokens: null }))).toBe(4096n);
    expect(reservationBound(model, chat('hi', { max_tokens: 50, max_completion_tokens: 0 }))).toBe(50n);
    expect(reservationBound(model, chat('hi', { max_completion_tokens: 0 }))).toBe(0n);
  });

  test('the bound of the input is at most the context window', () => {
    const model = modelWith({ kind: 'per_token', input: 1_000_000n, cachedInput: 0n, output: 0n }, { contextWindow: 1000 });

    expect(reservationBound(model, chat('a'.repeat(50_000)))).toBe(1000n);
  });
});

describe('the price of images', () => {
  const price: Price = {
    kind: 'per_image',
    rows: [
      { size: '1024x1024', quality: 'high', each: 211_000_000_000n },
      { size: '1024x1024', quality: null, each: 53_000_000_000n },
      { size: null, quality: null, each: 90_000_000_000n },
    ],
  };
  const model = modelWith(price, { modality: 'image' });

  test.each([
    [{ size: '1024x1024', quality: 'high' }, 211_000n],
    [{ size: '1024x1024', quality: 'HIGH', n: 2 }, 422_000n],
    [{ size: '1024x1024', quality: 'odd' }, 53_000n],
    [{ size: '1024x1024' }, 53_000n],
    [{ size: '99x99', quality: 'high' }, 90_000n],
    [{}, 90_000n],
    // What is sent is what is paid, however it is written.
    [{ size: '1024X1024', quality: 'high' }, 211_000n],
    [{ size: ' 1024*1024', quality: ' High ' }, 211_000n],
    [{ size: '1024×1024' }, 53_000n],
    [{ aspect_ratio: '1:1', quality: 'high' }, 211_000n],
    [{ resolution: '1k', quality: 'high' }, 211_000n],
    [{ aspect_ratio: '1:1', resolution: '1K' }, 53_000n],
    [{ aspect_ratio: '1:1', resolution: '2k', quality: 'high' }, 90_000n],
    [{ aspect_ratio: '16:9', quality: 'high' }, 90_000n],
    [{ aspect_ratio: '16:9', size: '1024x1024' }, 53_000n],
    [{ size: 'auto', quality: 'high' }, 90_000n],
    [{ size: '1024x1024', quality: 'auto' }, 53_000n],
  ] satisfies [OutputParams, bigint][])('%j is held at %s', (output, expected) => {
    expect(reservationBound(model, media('image', output))).toBe(expected);
  });

  test('a row may name a resolution as providers do that take it for a size', () => {
    const rows = [
      { size: '2K', quality: null, each: 7_000_000n },
      { size: null, quality: null, each: 9_000_000n },
    ];
    const named = modelWith({ kind: 'per_image', rows }, { modality: 'image' });

    expect(
      [{ size: '2k' }, { resolution: '2K' }, { resolution: '2k', aspect_ratio: '16:9' }, { resolution: '4K' }].map((output) =>
        reservationBound(named, media('image', output)),
      ),
    ).toEqual([7n, 7n, 7n, 9n]);
  });

  test('images that were delivered are charged, not those asked for', () => {
    expect(priceOf(model, media('image', { n: 4 }), used({ images: 3 }))).toEqual({
      microUsd: 270_000n,
      lines: [{ item: 'images', quantity: 3, unitUsd: '0.09', usd: '0.27' }],
    });
  });
});

describe('the price of videos', () => {
  const model = modelWith(
    {
      kind: 'per_second',
      rows: [
        { resolution: '720p', audio: true, each: 100_000_000_000n },
        { resolution: '720p', audio: false, each: 80_000_000_000n },
        { resolution: '1080p', audio: null, each: 200_000_000_000n },
      ],
    },
    { modality: 'video', capabilities: { defaultDurationS: 4 } },
  );

  test.each([
    [{ resolution: '720p', audio: true, duration_s: 5 }, 500_000n],
    [{ size: '1280x720', audio: false, duration_s: 5 }, 400_000n],
    [{ size: '720x1280', audio: false, duration_s: 5, n: 2 }, 800_000n],
    [{ resolution: '1080P', duration_s: 2.5 }, 500_000n],
    [{ size: '1920X1080', duration_s: 1 }, 200_000n],
    [{ size: '1080*1920', duration_s: 1 }, 200_000n],
    [{ aspect_ratio: '9:16', audio: false, duration_s: 1 }, 80_000n],
    [{ aspect_ratio: '1:1', resolution: '1080p', duration_s: 1 }, 200_000n],
    // The size is what is sent; what else is named is not.
    [{ size: '1280x720', resolution: '1080p', audio: false, duration_s: 1 }, 80_000n],
    [{ size: 'auto', audio: false, duration_s: 1 }, 200_000n],
    // Nothing said about sound: the dearer of what may apply.
    [{ resolution: '720p' }, 400_000n],
    // A resolution without a row, and no default row: the dearest.
    [{ resolution: '480p', audio: false, duration_s: 1 }, 200_000n],
  ] satisfies [OutputParams, bigint][])('%j is held at %s', (output, expected) => {
    expect(reservationBound(model, media('video', output))).toBe(expected);
  });

  test('a model that makes no sound is priced without it', () => {
    const silent = { ...model, capabilities: { audio: false } };

    expect(reservationBound(silent, media('video', { resolution: '720p', duration_s: 1 }))).toBe(80_000n);
  });

  test('parts of a second are charged in proportion', () => {
    expect(priceOf(model, media('video', { resolution: '1080p' }), used({ seconds: 4.042 })).lines).toEqual([
      { item: 'seconds', quantity: 4.042, unitUsd: '0.2', usd: '0.8084' },
    ]);
  });
});

test('a price per call counts the call once, whatever was used', () => {
  const model = modelWith({ kind: 'per_call', each: 30_000_000_000n });

  expect(reservationBound(model, chat('hi', { n: 5 }))).toBe(30_000n);
  expect(priceOf(model, chat('hi'), used({ outputTokens: 10 })).microUsd).toBe(30_000n);
});

test('a free model costs nothing and has no cost lines', () => {
  expect(priceOf(modelWith({ kind: 'free' }), chat('hi'), used({ outputTokens: 10 }))).toEqual({ microUsd: 0n, lines: [] });
});

test('a model without a price is refused, never free', () => {
  expect(() => reservationBound(modelWith(null), chat('hi'))).toThrow(expect.objectContaining({ code: 'model_not_priced' }));
});

test('a price above the reservation is cut down to it and says by how much', () => {
  const capped = capPrice({ microUsd: 500n, lines: [] }, 200n);

  expect(capped.microUsd).toBe(200n);
  expect(capped.lines).toEqual([{ item: 'above_reservation', quantity: 1, unitUsd: '-0.0003', usd: '-0.0003' }]);
});
