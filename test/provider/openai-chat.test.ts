import { startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { chatCall, choice, collector, embeddingCall, openaiAt } from './calls';

const TOOLS = [
  { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
];

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterEach(() => fake.reset());
afterAll(() => fake.close());

test('a chat brings its choices and the usage the provider reports', async () => {
  const answer = await openaiAt(fake.baseUrl).text.chat(chatCall('Hello'));

  expect(answer.choices).toHaveLength(1);
  expect(answer.choices[0]).toMatchObject({
    message: { role: 'assistant', content: expect.stringContaining('word1 word2') },
    finish_reason: 'stop',
  });
  expect(answer.usage?.usage).toMatchObject({ outputTokens: 12, estimated: false });
  expect(answer.usage?.original['completion_tokens']).toBe(12);
  expect(answer.extra).toEqual({ system_fingerprint: 'fp_fake' });
});

test('the key, the idempotency key and parameters of zero reach the provider', async () => {
  await openaiAt(fake.baseUrl).text.chat(
    chatCall('Hello', { params: { temperature: 0, seed: 0, stop: '', logprobs: false, model: 'other' } }),
  );

  const [request] = fake.requests;
  expect(request).toMatchObject({ authorization: 'Bearer sk-test-0123456789abcdef', idempotencyKey: 'task_1:1' });
  expect(request?.body).toMatchObject({ model: 'm', temperature: 0, seed: 0, stop: '', logprobs: false });
  expect(request?.body).not.toHaveProperty('stream');
});

test('a streamed chat hands over each chunk and equals the answer that is not streamed', async () => {
  const { text } = openaiAt(fake.baseUrl);
  const whole = await text.chat(chatCall('Hello', { params: { n: 2 } }));
  const { chunks, onChunk } = collector();

  const streamed = await text.chat(chatCall('Hello', { params: { n: 2 }, onChunk }));

  expect(streamed).toEqual(whole);
  expect(
    chunks
      .flatMap((chunk) => chunk.choices)
      .filter((choice) => choice.index === 1)
      .map((choice) => choice.delta['content'] as string)
      .join(''),
  ).toBe(choice(whole.choices, 1).message.content);
  expect(fake.requests[1]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 24 } });
});

test('the pieces of a streamed tool call are put together', async () => {
  const { chunks, onChunk } = collector();

  const answer = await openaiAt(fake.baseUrl).text.chat(chatCall('Weather?', { params: { tools: TOOLS }, onChunk }));

  expect(answer.choices).toMatchObject([
    {
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
      },
    },
  ]);
  expect(chunks.length).toBeGreaterThan(4);
});

test('a chat without a usage is answered with null instead of a guess', async () => {
  fake.script('m', [{ noUsage: true }]);
  const { text } = openaiAt(fake.baseUrl);

  const answers = [await text.chat(chatCall('Hello')), await text.chat(chatCall('Hello', { onChunk: collector().onChunk }))];

  expect(answers.map((answer) => answer.usage)).toEqual([null, null]);
});

test('embeddings travel with their parameters', async () => {
  const answer = await openaiAt(fake.baseUrl).text.embed(embeddingCall(['a', 'bcd'], { dimensions: 3 }));

  expect(answer.data).toEqual([
    { object: 'embedding', index: 0, embedding: [3, 0, 0] },
    { object: 'embedding', index: 1, embedding: [5, 0, 0] },
  ]);
  expect(answer.usage?.usage.inputTokens).toBe(6);
});
