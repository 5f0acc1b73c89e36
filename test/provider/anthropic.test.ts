import type { ChatCall, TextProvider } from '../../domain/provider/provider';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { createAnthropicLab } from '../lab/anthropic';
import { startLab, type Lab } from '../lab/lab';
import { PNG } from '../lab/files';
import { chatCall, collector, embeddingCall, failureOf, provider } from './calls';
import { testChatFaults } from './fault-matrix';

let lab: Lab;
const vendor = createAnthropicLab();
beforeAll(async () => {
  lab = await startLab([vendor]);
});
afterEach(() => lab.reset());
afterAll(() => lab.close());

function anthropic(headers: Record<string, string> = {}, options: Record<string, unknown> = {}): Required<TextProvider> {
  const adapter = createProviderRegistry()(provider({ kind: 'anthropic', baseUrl: lab.url('anthropic'), headers, options }));
  return adapter.text as Required<TextProvider>;
}

const MODEL = 'claude-opus-5';
const WEATHER = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const TIME = { type: 'function', function: { name: 'clock.now' } };

/** The same call, whole and streamed; what was streamed must add up to what is stored. */
async function both(content: string, changes: Partial<Parameters<typeof chatCall>[1]> = {}, text = anthropic()): Promise<any> {
  const call = (more: Partial<ChatCall> = {}) => chatCall(content, { model: MODEL, ...changes, ...more });
  const whole = await text.chat(call());
  const { chunks, onChunk } = collector();
  const streamed = await text.chat(call({ onChunk }));
  const [left, right] = [withoutIds(whole.choices[0]), withoutIds(streamed.choices[0])];
  expect(right).toEqual(left);
  expect(streamed.usage).toEqual(whole.usage);
  return { choice: whole.choices[0], usage: whole.usage, chunks, streamed: streamed.choices[0] };
}

function withoutIds(choice: unknown): unknown {
  return JSON.parse(JSON.stringify(choice).replace(/toolu_\w+/g, 'toolu'));
}

const wire = (): Record<string, any> => lab.requests('anthropic').at(-1)!.json();
const joined = (chunks: readonly any[], field: string): string => chunks.map(({ choices }) => choices[0]?.delta[field] ?? '').join('');

test('supports: anthropic: text: a chat is answered, with usage and its end', async () => {
  const { choice, usage } = await both('Hello.');

  expect(choice).toMatchObject({ message: { role: 'assistant', content: 'You said: Hello.', refusal: null }, finish_reason: 'stop' });
  expect(usage.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number), estimated: false });
  expect(usage.original).toMatchObject({ prompt_tokens: usage.usage.inputTokens, completion_tokens: usage.usage.outputTokens });
});

test('supports: anthropic: stream: pieces come in order, the role first and the end last', async () => {
  const { chunks } = await both('Hello.');

  expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant' });
  expect(joined(chunks, 'content')).toBe('You said: Hello.');
  expect(chunks.map(({ choices }: any) => choices[0].finish_reason).filter(Boolean)).toEqual(['stop']);
  expect(chunks.at(-1).usage.completion_tokens).toBeGreaterThan(0);
});

test('supports: anthropic: tools: parallel calls are streamed, answered together, and answered again', async () => {
  const tools = { params: { tools: [WEATHER, TIME], parallel_tool_calls: true } };
  const { choice, chunks, streamed } = await both('call weather {"city":"Rome"} call clock_now', tools);

  expect(choice.finish_reason).toBe('tool_calls');
  expect(choice.message.tool_calls.map((call: any) => call.function)).toEqual([
    { name: 'weather', arguments: '{"city":"Rome"}' },
    { name: 'clock.now', arguments: '{}' },
  ]);
  const deltas = chunks.flatMap(({ choices }: any) => choices[0].delta.tool_calls ?? []);
  expect(deltas.filter(({ id }: any) => id !== undefined).map(({ index }: any) => index)).toEqual([0, 1]);

  const results = streamed.message.tool_calls.map(({ id }: any) => ({ role: 'tool', tool_call_id: id, content: 'rain' }));
  const messages = [{ role: 'user', content: 'Weather?' }, streamed.message, ...results, { role: 'user', content: 'And?' }];
  const answered = await anthropic().chat(chatCall('', { model: MODEL, messages, ...tools }));
  expect(wire()['messages'].map(({ role }: any) => role)).toEqual(['user', 'assistant', 'user']);
  expect(answered.choices[0]).toMatchObject({ message: { content: expect.stringContaining('rain') }, finish_reason: 'stop' });
});

test('supports: anthropic: image input: a data URL, a link and a PDF reach the model', async () => {
  const url = `data:image/png;base64,${PNG.toString('base64')}`;
  const content = [
    { type: 'text', text: 'Look.' },
    { type: 'image_url', image_url: { url, detail: 'high' } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERg==' } },
  ];
  const { choice } = await both('', { messages: [{ role: 'user', content }] });

  expect(choice.message.content).toBe('You said: Look. (with image, image, document)');
  expect(wire()['messages'][0].content.map((block: any) => block.source)).toEqual([
    undefined,
    { type: 'base64', media_type: 'image/png', data: PNG.toString('base64') },
    { type: 'url', url: 'https://example.com/a.png' },
    { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
  ]);
});

test('supports: anthropic: reasoning: thinking is shown, counted, sealed, and given back', async () => {
  const { choice, usage, chunks, streamed } = await both('call weather [lab:redacted]', {
    params: { reasoning_effort: 'low', tools: [WEATHER] },
  });

  expect(wire()).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } });
  expect(choice.message.reasoning_content).toMatch(/^Thinking about: call weather/);
  expect(joined(chunks, 'reasoning_content')).toBe(choice.message.reasoning_content);
  expect(usage.usage.reasoningTokens).toBe(3);
  const sealed = chunks.flatMap(({ choices }: any) => choices[0].delta.thinking_blocks ?? []);
  expect(sealed).toEqual(choice.message.thinking_blocks);
  expect(sealed.map(({ type }: any) => type)).toEqual(['thinking', 'redacted_thinking', 'redacted_thinking']);

  const [call] = streamed.message.tool_calls;
  const messages = [{ role: 'user', content: 'Go.' }, streamed.message, { role: 'tool', tool_call_id: call.id, content: 'rain' }];
  await anthropic().chat(chatCall('', { model: MODEL, messages, params: { reasoning_effort: 'low', tools: [WEATHER] } }));
  expect(wire()['messages'][1].content.slice(0, 3)).toEqual(sealed);
});

test.each([
  ['end_turn', 'Hello.', {}, 'stop', {}],
  ['stop_sequence', 'Hello STOP there.', { stop: 'STOP' }, 'stop', { stop_sequence: 'STOP' }],
  ['max_tokens', 'Hello, hello, hello.', { max_tokens: 3 }, 'length', {}],
  ['tool_use', 'call weather', { tools: [WEATHER] }, 'tool_calls', {}],
  ['refusal', '[lab:refusal]', {}, 'content_filter', { message: { refusal: 'This may cause harm.', content: null } }],
])('an answer that ends by %s says so in both words', async (reason, content, params, finish, more) => {
  const { choice } = await both(content, { params });

  expect(choice).toMatchObject({ finish_reason: finish, stop_reason: reason, ...more });
});

test('an answer of a schema is JSON of that schema', async () => {
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const { choice } = await both('A cat.', { params: { response_format: { type: 'json_schema', json_schema: { name: 'cat', schema } } } });

  expect(JSON.parse(choice.message.content)).toEqual({ name: 'text' });
});

test('a custom tool takes and gives free text', async () => {
  const tools = [{ type: 'custom', custom: { name: 'patch' } }];
  const { choice } = await both('call patch {"input":"*** Begin"}', { params: { tools } });

  expect(choice.message.tool_calls).toMatchObject([{ type: 'custom', custom: { name: 'patch', input: '*** Begin' } }]);
});

test('cached tokens are counted once, and writes to the cache are named', async () => {
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi.', cache_control: { type: 'ephemeral' } }] }];
  const { usage } = await both('', { messages });

  expect(usage.usage).toMatchObject({ cachedInputTokens: 100, cacheWriteInputTokens: 20 });
  expect(usage.original.prompt_tokens_details).toEqual({ cached_tokens: 100, cache_write_tokens: 20 });
  expect(usage.original).toMatchObject({ cache_read_input_tokens: 100, cache_creation_input_tokens: 20 });
  expect(usage.usage.inputTokens).toBeLessThan(170);
});

test('input tokens are counted without an answer', async () => {
  const params = { max_tokens: 9, temperature: 1, tools: [WEATHER], stop: 'x', reasoning_effort: 'low' };

  expect(await anthropic().countTokens(chatCall('Hello.', { model: MODEL, params }))).toBeGreaterThan(10);
  expect(vendor.made()).toBeGreaterThan(0);
  expect(lab.requests('anthropic').map(({ path }) => path)).toEqual(['/v1/messages/count_tokens']);
});

test('the version of the configuration is sent, and beta features of operator and caller together', async () => {
  const text = anthropic({ 'Anthropic-Version': '2026-10-21', 'anthropic-beta': 'one-2026-01-01' });
  await text.chat(
    chatCall('Hi.', { model: MODEL, params: { temperature: 0.5, top_k: 3, anthropic_beta: ['two-2026-01-01', 'bad\r\nx'] } }),
  );

  const { headers } = lab.requests('anthropic').at(-1)!;
  expect([headers['anthropic-version'], headers['anthropic-beta']]).toEqual(['2026-10-21', 'one-2026-01-01,two-2026-01-01']);
  expect(Object.keys(wire()).sort()).toEqual(['max_tokens', 'messages', 'model']);
});

test.each([
  ['[lab:error_in_200]', 'provider_unavailable', 'overloaded_error'],
  ['[lab:overloaded_529]', 'provider_unavailable', 'overloaded_error'],
  ['[lab:conflict]', 'provider_unavailable', 'conflict_error'],
  ['[lab:timeout]', 'provider_unavailable', 'timeout_error'],
  ['[lab:too_large]', 'provider_rejected', 'request_too_large'],
  ['[lab:spend_limit]', 'provider_auth', 'rate_limit_error'],
  ['[lab:no_credit]', 'provider_auth', 'invalid_request_error'],
])('%s becomes %s, whole and streamed', async (content, code, providerCode) => {
  for (const onChunk of [undefined, () => undefined]) {
    const failure = await failureOf(anthropic().chat(chatCall(content, { model: MODEL, ...(onChunk === undefined ? {} : { onChunk }) })));
    expect([failure.code, failure.facts.providerCode]).toEqual([code, providerCode]);
  }
});

test('an unknown model, a wrong key, embeddings and content without a place fail in their own ways', async () => {
  expect((await failureOf(anthropic().chat(chatCall('Hi.', { model: 'gone' })))).code).toBe('provider_not_found');
  const wrong = createProviderRegistry()(
    provider({ kind: 'anthropic', baseUrl: lab.url('anthropic'), secrets: { api_key: 'wrong-0123456789' } }),
  );
  expect((await failureOf(wrong.text!.chat(chatCall('Hi.', { model: MODEL })))).code).toBe('provider_auth');
  expect((await failureOf(anthropic().embed(embeddingCall('Hi.')))).code).toBe('provider_not_found');
  const messages = [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'x', format: 'wav' } }] }];
  const failure = await failureOf(anthropic().chat(chatCall('', { model: MODEL, messages })));
  expect([failure.code, failure.facts.param]).toEqual(['unsupported_parameter', 'messages[0].content[0]']);
});

testChatFaults({ kind: 'anthropic', lab: () => lab, text: anthropic, model: MODEL, made: vendor.made });
