import { chatCall, choice, collector, embeddingCall, failureOf, sandbox, type ToolCall } from './calls';

const model = 'sandbox-text';
const SCHEMA = {
  type: 'object',
  required: ['title', 'tags', 'size'],
  properties: {
    title: { type: 'string', maxLength: 12 },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' }, minItems: 2 },
    size: { type: 'object', properties: { width: { type: 'integer', minimum: 0 } }, required: ['width'] },
    kind: { anyOf: [{ type: 'null' }, { enum: ['poster', 'video'] }] },
  },
  $defs: { tag: { type: 'string', minLength: 3 } },
};
const TOOLS = [
  { type: 'function', function: { name: 'first', parameters: { type: 'object', properties: {} } } },
  { type: 'function', function: { name: 'second', parameters: SCHEMA } },
];

test('the answer is the same for the same prompt and seed, and another for another seed', async () => {
  const { text } = sandbox();
  const ask = async (seed: number) => (await text.chat(chatCall('A poem about snow', { model, params: { seed } }))).choices;

  const [zero, again, one] = [await ask(0), await ask(0), await ask(1)];

  expect(again).toEqual(zero);
  expect(one).not.toEqual(zero);
  expect(choice(zero).message.content).toContain('A poem about snow');
});

test('the chunks of a stream joined are the answer, and the last chunk brings the usage', async () => {
  const { chunks, onChunk } = collector();

  const answer = await sandbox().text.chat(chatCall('A poem about snow', { model, params: { n: 2, seed: 0 }, onChunk }));

  const joined = [0, 1].map((index) =>
    chunks
      .flatMap((chunk) => chunk.choices)
      .filter((choice) => choice.index === index)
      .map((choice) => (choice.delta['content'] as string | undefined) ?? '')
      .join(''),
  );
  expect(joined).toEqual(answer.choices.map((choice: any) => choice.message.content));
  expect(joined[0]).not.toBe(joined[1]);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: answer.usage?.usage.outputTokens } });
});

test('a length in words, a limit of tokens and a stop word are honoured', async () => {
  const { text } = sandbox();
  const ask = async (params: Record<string, unknown>): Promise<any> =>
    (await text.chat(chatCall('Write 80 words on rain', { model, params }))).choices[0];

  const whole = await ask({});
  const limited = await ask({ max_completion_tokens: 5 });
  const stopped = await ask({ stop: ['zzz', 'rain'] });

  expect(whole.message.content.split(' ')).toHaveLength(80);
  expect(limited).toMatchObject({ finish_reason: 'length' });
  expect(whole.message.content.startsWith(limited.message.content)).toBe(true);
  expect(stopped.finish_reason).toBe('stop');
  expect(stopped.message.content).not.toContain('rain');
});

test('a tool is called with arguments that fit its schema, and its result is answered in words', async () => {
  const { text } = sandbox();
  const params = { tools: TOOLS, tool_choice: { type: 'function', function: { name: 'second' } } };
  const { chunks, onChunk } = collector();

  const called = await text.chat(chatCall('Make a poster about snow', { model, params, onChunk }));
  const first = await text.chat(chatCall('Make a poster', { model, params: { tools: TOOLS } }));
  const none = await text.chat(chatCall('Make a poster', { model, params: { tools: TOOLS, tool_choice: 'none' } }));
  const messages = [
    { role: 'user', content: 'Weather?' },
    { role: 'assistant' },
    { role: 'tool', tool_call_id: 'call_1', content: 'Sunny, 20 degrees' },
  ];
  const told = await text.chat(chatCall('', { model, params: { tools: TOOLS }, messages }));

  const call = choice(called.choices).message.tool_calls[0]!;
  expect(call).toMatchObject({ type: 'function', function: { name: 'second' } });
  expectFitting(JSON.parse(call.function.arguments));
  expect(called.choices[0]).toMatchObject({ finish_reason: 'tool_calls' });
  const pieces = chunks.flatMap((chunk) => chunk.choices).flatMap(({ delta }) => (delta['tool_calls'] as ToolCall[] | undefined) ?? []);
  expect(pieces.map((piece) => piece.function.arguments).join('')).toBe(call.function.arguments);
  expect(first.choices[0]).toMatchObject({ message: { tool_calls: [{ function: { name: 'first' } }] } });
  expect(none.choices[0]).toMatchObject({ finish_reason: 'stop' });
  expect(choice(told.choices).message.content).toContain('Sunny, 20 degrees');
});

test('JSON is answered when JSON is asked for', async () => {
  const { text } = sandbox();
  const ask = async (format: unknown): Promise<any> => {
    const answer = await text.chat(chatCall('A poster about snow', { model, params: { response_format: format } }));
    return JSON.parse(choice(answer.choices).message.content);
  };

  expectFitting(await ask({ type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } }));
  expect(await ask({ type: 'json_object' })).toEqual(expect.any(Object));
});

test('embeddings are unit vectors, near for texts that share words, in numbers or base64', async () => {
  const { text } = sandbox();
  const input = ['a red cat sleeps', 'a red cat plays', 'quarterly revenue report'];

  const numbers = await text.embed(embeddingCall(input, {}, model));
  const base64 = await text.embed(embeddingCall(input, { encoding_format: 'base64', dimensions: 64 }, model));

  const vectors = numbers.data.map((item) => item['embedding'] as number[]);
  const decoded = base64.data.map((item) => [
    ...new Float32Array(new Uint8Array(Buffer.from(item['embedding'] as string, 'base64')).buffer),
  ]);
  expect(decoded).toEqual(vectors);
  expect(vectors.map((vector) => Math.hypot(...vector))).toEqual(vectors.map(() => expect.closeTo(1, 5)));
  expect(product(vectors[0]!, vectors[1]!)).toBeGreaterThan(product(vectors[0]!, vectors[2]!) + 0.3);
});

test.each([
  ['sandbox-text-down', 'task_1:2', 'provider_unavailable'],
  ['sandbox-text-flaky', 'task_1:1', 'provider_unavailable'],
  ['sandbox-text-moderated', 'task_1:1', 'content_policy_violation'],
  ['sandbox-text-lost', 'task_1:1', 'provider_timeout'],
  ['sandbox-text-slow', 'task_1:1', 'provider_timeout'],
  ['sandbox-video', 'task_1:1', 'provider_not_found'],
])('the model %s fails the call %s as %s', async (name, operationKey, code) => {
  const call = chatCall('Hello', { model: name, operationKey, timeouts: { firstByteMs: 50 }, onChunk: () => undefined });

  expect((await failureOf(sandbox().text.chat(call))).code).toBe(code);
});

test('the second attempt of a flaky model succeeds', async () => {
  const answer = await sandbox().text.chat(chatCall('Hello', { model: 'sandbox-text-flaky', operationKey: 'task_1:2' }));

  expect(answer.choices).toHaveLength(1);
});

test('a stream ends at once when it is cancelled', async () => {
  const abort = new AbortController();
  const { chunks, onChunk } = collector();
  const stopAfterFive: typeof onChunk = (chunk) => {
    onChunk(chunk);
    if (chunks.length === 5) abort.abort();
  };
  const call = chatCall('Write 4000 words', { model, signal: abort.signal, onChunk: stopAfterFive });

  const failure = await failureOf(sandbox().text.chat(call));

  expect(failure.code).toBe('cancelled');
  expect(chunks).toHaveLength(5);
});

function expectFitting(value: any): void {
  expect(value).toEqual({
    title: expect.any(String),
    tags: [expect.any(String), expect.any(String)],
    size: { width: 0 },
    kind: 'poster',
  });
  expect(value.title.length).toBeLessThanOrEqual(12);
}

function product(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0);
}
