import { chatCall, choice, collector, embeddingCall, failureOf } from './calls';
import { useGemini } from './gemini-chats';
import { MODEL } from './gemini-chats';
import { weather } from './gemini-chats';
import { clock } from './gemini-chats';

const { gemini, ask } = useGemini();

test('supports: gemini: text: a chat comes whole with its finish and its usage', async () => {
  const { answer } = await ask({});

  expect(answer).toEqual({
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'You said: Hello', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      usage: { inputTokens: 12, cachedInputTokens: 4, outputTokens: 8, reasoningTokens: 3, images: 0, seconds: 0, estimated: false },
      original: {
        prompt_tokens: 12,
        completion_tokens: 8,
        total_tokens: 20,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    },
    upstreamId: 'lab-response',
    extra: {},
  });
});

test('supports: gemini: stream: the pieces are those of the whole, then the finish and the usage', async () => {
  const { chunks, onChunk } = collector();
  const { answer } = await ask({ onChunk });

  expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
    { role: 'assistant', content: 'You said: ' },
    { content: 'Hello' },
    {},
    undefined,
  ]);
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, 'stop', undefined]);
  expect(chunks.at(-1)?.usage).toEqual(answer.usage?.original);
  expect(choice(answer.choices).message.content).toBe('You said: Hello');
});

test('supports: gemini: reasoning: thoughts are reasoning_content, streamed and whole', async () => {
  const { chunks, onChunk } = collector();
  const { answer } = await ask({ params: { reasoning_effort: 'low' }, onChunk });

  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', reasoning_content: 'Let me think.' });
  expect(answer.choices[0]).toMatchObject({ message: { reasoning_content: 'Let me think.', content: 'You said: Hello' } });
});

test.each([false, true])(
  'supports: gemini: tools: parallel calls, their signature and results make the round trip (streamed: %s)',
  async (streamed) => {
    const tools = [weather, clock];
    const { chunks, onChunk } = collector();
    const asked = { role: 'user', content: 'Both, please' };
    const changes = { params: { tools }, ...(streamed ? { onChunk } : {}) };
    const { answer } = await ask({ ...changes, messages: [asked] });
    const [made] = answer.choices as unknown as {
      message: { tool_calls: { id: string; function: { name: string } }[] };
      finish_reason: string;
    }[];
    const calls = made?.message.tool_calls ?? [];
    const results = calls.map(({ id }, index) => ({ role: 'tool', tool_call_id: id, content: index === 0 ? '{"sky":"clear"}' : 'noon' }));
    const { answer: second, body } = await ask({ ...changes, messages: [asked, made?.message, ...results] });

    expect(made?.finish_reason).toBe('tool_calls');
    expect(calls).toEqual([
      {
        id: expect.any(String) as string,
        type: 'function',
        function: { name: 'weather', arguments: '{"city":"Riga"}' },
        extra_content: { google: { thought_signature: 'c2lnbmVkLWJ5LXRoZS1sYWI=' } },
      },
      { id: expect.any(String) as string, type: 'function', function: { name: 'clock', arguments: '{"city":"Oslo"}' } },
    ]);
    if (streamed) {
      expect(chunks[0]?.choices[0]?.delta['tool_calls']).toEqual(calls.map((call, index) => ({ index, ...call })));
    }
    const [first, last] = calls.map(({ id }) => id);
    expect((body['contents'] as unknown[]).slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: first, name: 'weather', args: { city: 'Riga' } }, thoughtSignature: 'c2lnbmVkLWJ5LXRoZS1sYWI=' },
          { functionCall: { id: last, name: 'clock', args: { city: 'Oslo' } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: first, name: 'weather', response: { sky: 'clear' } } },
          { functionResponse: { id: last, name: 'clock', response: { result: 'noon' } } },
        ],
      },
    ]);
    expect(choice(second.choices).message.content).toContain('clear');
  },
);

test('a call without a signature, of a client that lost it or of another model, is accepted by the newest models', async () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Riga"}' } };
  const messages = [
    { role: 'user', content: 'Weather?' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'clear' },
  ];
  const newest = await ask({ messages, params: { tools: [weather] } });
  const older = await ask({ model: 'gemini-2.5-flash', messages, params: { tools: [weather] } });
  const partsOf = (body: Record<string, unknown>) => (body['contents'] as { parts: unknown[] }[])[1]?.parts;

  const functionCall = { id: 'call_1', name: 'weather', args: { city: 'Riga' } };
  expect(partsOf(newest.body)).toEqual([{ functionCall, thoughtSignature: 'skip_thought_signature_validator' }]);
  expect(partsOf(older.body)).toEqual([{ functionCall }]);
});

test("several choices and the probabilities of tokens come in OpenAI's shape", async () => {
  const { answer } = await ask({ params: { n: 2, logprobs: true } });

  expect(answer.choices).toHaveLength(2);
  expect(answer.choices[1]).toMatchObject({
    index: 1,
    message: { content: 'You said: Hello' },
    logprobs: { content: [{ token: 'You', logprob: -0.25, bytes: [89, 111, 117], top_logprobs: [{ token: 'You', logprob: -0.25 }] }] },
  });
});

test.each([
  ['[lab:blocked_prompt]', 'content_policy_violation', 'PROHIBITED_CONTENT'],
  ['[lab:malformed_call]', 'provider_bad_response', 'MALFORMED_FUNCTION_CALL'],
  ['[lab:retry_info]', 'rate_limited', 'RESOURCE_EXHAUSTED'],
  ['[lab:daily_quota]', 'rate_limited', 'RESOURCE_EXHAUSTED'],
  ['[lab:overflow]', 'context_length_exceeded', 'INVALID_ARGUMENT'],
  ['[lab:refuse]', 'provider_rejected', 'INVALID_ARGUMENT'],
  ['[lab:auth]', 'provider_auth', 'UNAUTHENTICATED'],
  ['[lab:not_found]', 'provider_not_found', 'NOT_FOUND'],
  ['[lab:overloaded]', 'provider_unavailable', 'UNAVAILABLE'],
  ['[lab:error_500]', 'provider_unavailable', 'INTERNAL'],
  ['[lab:malformed]', 'provider_bad_response', undefined],
  ['[lab:cut_before]', 'provider_unavailable', undefined],
])('a chat that meets %s fails as %s, streamed or not', async (prompt, code, providerCode) => {
  const whole = await failureOf(ask({}, prompt));
  const streamed = await failureOf(ask({ onChunk: () => undefined }, prompt));

  expect([whole.code, whole.facts.providerCode]).toEqual([code, providerCode]);
  // Half of a stream's text is a stream that was cut.
  if (prompt !== '[lab:malformed]') expect([streamed.code, streamed.facts.providerCode]).toEqual([code, providerCode]);
});

test("a wait that Google asks for is handed on, and the end of a day's quota is a long one", async () => {
  const [minute, day] = [await failureOf(ask({}, '[lab:retry_info]')), await failureOf(ask({}, '[lab:daily_quota]'))];

  expect([minute.facts.retryAfterMs, day.facts.retryAfterMs]).toEqual([17_000, 3_600_000]);
});

test("a wrong key, which Google answers with 400, is the operator's to mend and does not show", async () => {
  const failure = await failureOf(gemini({ secrets: { api_key: 'wrong-key-123456' } }).text.chat(chatCall('Hello', { model: MODEL })));

  expect([failure.code, failure.facts.providerCode]).toEqual(['provider_auth', 'API_KEY_INVALID']);
  expect(failure.message).not.toContain('wrong-key-123456');
});

test('an answer that a filter stops ends with content_filter, one that breaks off or fails on its way is a failure', async () => {
  const onChunk = () => undefined;
  const { answer } = await ask({}, '[lab:safety]');
  const failures = [await failureOf(ask({ onChunk }, '[lab:error_in_stream]')), await failureOf(ask({ onChunk }, '[lab:cut_answer]'))];

  expect(answer.choices[0]?.['finish_reason']).toBe('content_filter');
  expect(failures.map(({ code }) => code)).toEqual(['provider_unavailable', 'provider_unavailable']);
});

test('embeddings come in the encoding and length that were asked for', async () => {
  const floats = await gemini().text.embed(embeddingCall(['one', 'two'], { dimensions: 2 }, 'gemini-embedding-001'));
  const base64 = await gemini().text.embed(embeddingCall('one', { encoding_format: 'base64', dimensions: 2 }, 'gemini-embedding-001'));

  expect(floats).toEqual({
    data: [
      { object: 'embedding', index: 0, embedding: [0, 0.25] },
      { object: 'embedding', index: 1, embedding: [0, 0.25] },
    ],
    usage: null,
    upstreamId: null,
  });
  expect(base64.data[0]?.['embedding']).toBe('AAAAAAAAgD4=');
  expect((await failureOf(gemini().text.embed(embeddingCall([1, 2], {}, 'gemini-embedding-001')))).code).toBe('unsupported_parameter');
});
