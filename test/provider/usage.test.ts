import fc from 'fast-check';
import { NO_USAGE } from '../../domain/task/generation';
import { eventsOf, startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { chatCall, embeddingCall, openaiAt } from './calls';

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterEach(() => fake.reset());
afterAll(() => fake.close());

const MESSAGE = { role: 'assistant', content: 'Hello.' };
const hello = { choices: [{ index: 0, delta: MESSAGE, finish_reason: null }] };
const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };

/** What a whole answer with this usage is read as. */
async function wholeWith(usage: unknown) {
  const body = JSON.stringify({ choices: [{ index: 0, message: MESSAGE, finish_reason: 'stop' }], usage });
  return readWhole(body);
}

async function readWhole(body: string) {
  fake.script('m', [{ exactly: { pieces: [body] } }]);
  return (await openaiAt(fake.baseUrl).text.chat(chatCall('Hi'))).usage;
}

async function streamOf(events: readonly unknown[]) {
  fake.script('m', [{ exactly: eventsOf(events) }]);
  return (await openaiAt(fake.baseUrl).text.chat(chatCall('Hi', { onChunk: () => undefined }))).usage;
}

const REPORT = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };

test.each<[string, unknown]>([
  ['without choices', { usage: REPORT }],
  ['with null for choices', { choices: null, usage: REPORT }],
  ['with no choices', { choices: [], usage: REPORT }],
  ['with a choice', { ...stop, usage: REPORT }],
  ['inside the choice', { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: REPORT }] }],
  ['where Groq puts it', { ...stop, x_groq: { usage: REPORT } }],
])('usage on the last chunk %s is read', async (_where, last) => {
  const usage = await streamOf([hello, stop, last]);

  expect(usage).toEqual({ usage: { ...NO_USAGE, inputTokens: 1000, outputTokens: 500 }, original: expect.objectContaining(REPORT) });
});

test.each<[string, readonly unknown[], number, number]>([
  [
    'the last one counts',
    [
      { ...hello, usage: { prompt_tokens: 9, completion_tokens: 1 } },
      { choices: [], usage: REPORT },
    ],
    1000,
    500,
  ],
  ['a last one of zeros says nothing', [{ ...hello, usage: REPORT }, { usage: { prompt_tokens: 0, completion_tokens: 0 } }], 1000, 500],
  [
    'a last one of nulls says nothing',
    [{ ...hello, usage: REPORT }, { usage: { prompt_tokens: null, completion_tokens: null } }],
    1000,
    500,
  ],
  [
    'input first and output last are put together',
    [
      { ...hello, usage: { prompt_tokens: 30, completion_tokens: 1, total_tokens: 31 } },
      { usage: { prompt_tokens: 0, completion_tokens: 50 } },
    ],
    30,
    50,
  ],
  [
    'a correction downwards counts too',
    [
      { ...hello, usage: { prompt_tokens: 30, completion_tokens: 500, total_tokens: 530 } },
      { usage: { prompt_tokens: 30, completion_tokens: 50 } },
    ],
    30,
    50,
  ],
  [
    'null after it leaves it',
    [
      { ...hello, usage: REPORT },
      { ...stop, usage: null },
    ],
    1000,
    500,
  ],
])('of usage on several chunks %s', async (_what, events, inputTokens, outputTokens) => {
  expect((await streamOf([...events, stop]))?.usage).toMatchObject({ inputTokens, outputTokens, estimated: false });
});

test.each<[string, object, object]>([
  [
    'xAI: reasoning beside the completion',
    { prompt_tokens: 10120, completion_tokens: 1499, total_tokens: 14428, completion_tokens_details: { reasoning_tokens: 2809 } },
    { inputTokens: 10120, outputTokens: 4308, reasoningTokens: 2809 },
  ],
  [
    'Gemini: reasoning in the total only',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 1015 },
    { inputTokens: 10, outputTokens: 1005 },
  ],
  [
    'reasoning within the completion',
    { prompt_tokens: 10, completion_tokens: 50, total_tokens: 60, completion_tokens_details: { reasoning_tokens: 40 } },
    { outputTokens: 50, reasoningTokens: 40 },
  ],
  [
    'more reasoning than completion without a total',
    { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 40 } },
    { outputTokens: 45, reasoningTokens: 40 },
  ],
  ['a total that is too small', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 3 }, { inputTokens: 10, outputTokens: 5 }],
  ['no completion but a total', { prompt_tokens: 10, total_tokens: 30 }, { inputTokens: 10, outputTokens: 20 }],
  ['no prompt but a total', { completion_tokens: 20, total_tokens: 30 }, { inputTokens: 10, outputTokens: 20 }],
  ['names of the Responses API', { input_tokens: 10, output_tokens: 20 }, { inputTokens: 10, outputTokens: 20 }],
  [
    'details of the Responses API',
    { input_tokens: 10, output_tokens: 20, input_tokens_details: { cached_tokens: 4 }, output_tokens_details: { reasoning_tokens: 6 } },
    { cachedInputTokens: 4, reasoningTokens: 6 },
  ],
  ['both names, one of them zero', { prompt_tokens: 0, input_tokens: 10, output_tokens: 20 }, { inputTokens: 10, outputTokens: 20 }],
  ['OpenAI cached', { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 8 } }, { cachedInputTokens: 8 }],
  [
    'DeepSeek cached',
    { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 },
    { inputTokens: 10, cachedInputTokens: 8 },
  ],
  ['Kimi cached', { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 8 }, { cachedInputTokens: 8 }],
  [
    'cached beside the fresh input, as the total shows',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 1015, prompt_tokens_details: { cached_tokens: 1000 } },
    { inputTokens: 1010, cachedInputTokens: 1000, outputTokens: 5 },
  ],
  ['more cached than input', { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 99 }, { inputTokens: 10, cachedInputTokens: 10 }],
  ['numbers as text', { prompt_tokens: '10', completion_tokens: '20', total_tokens: '30' }, { inputTokens: 10, outputTokens: 20 }],
  ['broken numbers', { prompt_tokens: 10.2, completion_tokens: 19.5 }, { inputTokens: 11, outputTokens: 20 }],
  [
    'details of null',
    { prompt_tokens: 10, completion_tokens: 20, prompt_tokens_details: null, completion_tokens_details: null },
    { outputTokens: 20 },
  ],
  ['a negative detail', { prompt_tokens: 10, completion_tokens: 20, cached_tokens: -5 }, { cachedInputTokens: 0 }],
  ['an absurd total', { prompt_tokens: 10, completion_tokens: 20, total_tokens: 1e30 }, { inputTokens: 10, outputTokens: 20 }],
])('%s is read, and handed on as it came', async (_what, report, expected) => {
  const usage = await wholeWith(report);

  expect(usage?.usage).toMatchObject(expected);
  expect(usage?.original).toEqual(report);
});

test.each([
  ['a negative count', '{"prompt_tokens":-1,"completion_tokens":5}'],
  ['a count beyond numbers', '{"prompt_tokens":1e400,"completion_tokens":5}'],
  ['a count beyond any model', '{"prompt_tokens":10,"completion_tokens":1e18}'],
  ['words', '{"prompt_tokens":"many","completion_tokens":"NaN"}'],
  ['nulls', '{"prompt_tokens":null,"completion_tokens":null,"total_tokens":null}'],
  ['a list', '[1,2]'],
  ['a total alone', '{"total_tokens":30}'],
])('a usage of %s is none', async (_what, usage) => {
  const body = `{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":${usage}}`;

  expect(await readWhole(body)).toBeNull();
});

test('whatever a usage holds, it is read as whole numbers that are not negative, or as none', async () => {
  const count = fc.oneof(
    fc.nat(),
    fc.double(),
    fc.string(),
    fc.constantFrom(null, -1, true, '12', '1e400', '', [], {}, 2 ** 53, Number.MAX_VALUE),
  );
  const details = fc.oneof(count, fc.record({ cached_tokens: count, reasoning_tokens: count }, { requiredKeys: [] }));
  const report = fc.record(
    {
      prompt_tokens: count,
      completion_tokens: count,
      total_tokens: count,
      input_tokens: count,
      cached_tokens: count,
      prompt_tokens_details: details,
      completion_tokens_details: details,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(report, async (usage) => {
      const read = (await wholeWith(usage))?.usage;
      if (read === undefined) return;
      const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = read;
      for (const tokens of [inputTokens, cachedInputTokens, outputTokens, reasoningTokens]) expect(Number.isSafeInteger(tokens)).toBe(true);
      expect(Math.min(cachedInputTokens, reasoningTokens)).toBeGreaterThanOrEqual(0);
      expect(cachedInputTokens).toBeLessThanOrEqual(inputTokens);
      expect(reasoningTokens).toBeLessThanOrEqual(outputTokens);
    }),
    { numRuns: 150 },
  );
});

test('embeddings name their input as prompt, input or total', async () => {
  const { text } = openaiAt(fake.baseUrl);
  const counts = [];
  for (const usage of [
    { prompt_tokens: 7, total_tokens: 7 },
    { input_tokens: 7 },
    { total_tokens: 7 },
    { prompt_tokens: 7, total_tokens: 9 },
  ]) {
    fake.script('m', [{ exactly: { pieces: [JSON.stringify({ data: [{ index: 0, embedding: [1] }], usage })] } }]);
    const { usage: read } = await text.embed(embeddingCall('a'));
    counts.push([read?.usage.inputTokens, read?.usage.outputTokens]);
  }

  expect(counts).toEqual([
    [7, 0],
    [7, 0],
    [7, 0],
    [7, 0],
  ]);
});
