import Anthropic from '@anthropic-ai/sdk';
import type { ChatChunk } from '../../domain/provider/provider';
import { KEYS, useApi } from './support/api';
import { chunkOf } from './support/lane';

const PINGS = { headersAfterMs: 30, pingMs: 30 };
const api = useApi({ streams: PINGS });

const base = { model: 'gpt-test', max_tokens: 100 };
const messages = [{ role: 'user' as const, content: 'Say hello.' }];
const tools = [
  { name: 'weather', description: 'Says it.', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } },
];

function client(options: { apiKey?: string; authToken?: string } = { apiKey: KEYS.site }): Anthropic {
  return new Anthropic({ baseURL: api.origin, apiKey: null, authToken: null, maxRetries: 0, ...options });
}

beforeEach(() => {
  api.lane.script = { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() };
});

test('the stock SDK gets a message, with either header for its key, named by the run', async () => {
  for (const given of [{ apiKey: KEYS.site }, { authToken: KEYS.site }]) {
    const { data, response } = await client(given)
      .messages.create({ ...base, messages })
      .withResponse();

    expect(data).toMatchObject({ type: 'message', role: 'assistant', model: 'gpt-test', stop_reason: 'end_turn', stop_sequence: null });
    expect(data.content).toEqual([{ type: 'text', text: 'Hello.', citations: null }]);
    expect(data.usage).toMatchObject({ input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 0 });
    expect(data.id).toBe(response.headers.get('x-atelier-run-id'));
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'));
  }
});

test('a whole answer has thinking, text and tool calls as blocks, and cached tokens beside the fresh ones', async () => {
  api.lane.script.choice = {
    finish_reason: 'tool_calls',
    message: {
      role: 'assistant',
      content: 'I look.',
      reasoning_content: 'Hm.',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo","id":9007199254740993}' } },
        { id: 'call_2', type: 'function', function: { name: 'now', arguments: '' } },
        { id: 'call_3', type: 'function', function: { name: 'broken', arguments: '{"a"' } },
      ],
    },
  };
  api.lane.script.usage = {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
  };

  const { text } = await api.call('POST', '/v1/messages', { body: { ...base, messages, tools } });

  expect(text).toContain('"id":9007199254740993');
  const { content, stop_reason, usage } = JSON.parse(text);
  expect(content).toEqual([
    { type: 'thinking', thinking: 'Hm.', signature: '' },
    { type: 'text', text: 'I look.', citations: null },
    { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo', id: expect.any(Number) } },
    { type: 'tool_use', id: 'call_2', name: 'now', input: {} },
    { type: 'tool_use', id: 'call_3', name: 'broken', input: { arguments: '{"a"' } },
  ]);
  expect(stop_reason).toBe('tool_use');
  expect(usage).toMatchObject({ input_tokens: 10, output_tokens: 7, cache_read_input_tokens: 60, cache_creation_input_tokens: 30 });
});

test.each([
  ['length', {}, { stop_reason: 'max_tokens' }],
  ['content_filter', {}, { stop_reason: 'refusal', stop_details: { type: 'refusal', category: null, explanation: null } }],
  ['stop', { stop_reason: 'END' }, { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
  ['stop', { stop_reason: 'stop_sequence', stop_sequence: 'END' }, { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
  ['stop', { stop_reason: 'pause_turn' }, { stop_reason: 'pause_turn', stop_sequence: null }],
  [
    'stop',
    { message: { content: null, refusal: 'No.' } },
    { stop_reason: 'refusal', content: [{ type: 'text', text: 'No.', citations: null }] },
  ],
])('the finish reason %s with %j stops as %j', async (finish, facts, expected) => {
  api.lane.script.choice = { finish_reason: finish, ...facts };

  const { body: json } = await api.call('POST', '/v1/messages', { body: { ...base, messages, stop_sequences: ['END'] } });

  expect(json).toMatchObject(expected);
});

/** Streams these chunks through the SDK's helper; the whole answer ends with `choice`. */
async function streamed(chunks: readonly ChatChunk[], choice: Record<string, unknown>) {
  api.lane.script = { ...api.lane.script, chunks, choice };
  const seen: string[] = [];
  const stream = client().messages.stream({ ...base, messages, tools });
  stream.on('streamEvent', (event) => {
    const part =
      event.type === 'content_block_start' ? event.content_block.type : event.type === 'content_block_delta' ? event.delta.type : '';
    seen.push(part === '' ? event.type : `${event.type} ${part}`);
  });
  return { message: await stream.finalMessage(), seen };
}

const callPiece = (index: number, fields: object): ChatChunk => chunkOf({ tool_calls: [{ index, ...fields }] });

test("the SDK's stream helper puts text, thinking and mixed tool calls together", async () => {
  const { message, seen } = await streamed(
    [
      chunkOf({ role: 'assistant', content: '' }),
      chunkOf({ reasoning_content: 'H' }),
      chunkOf({ reasoning_content: 'm.' }),
      chunkOf({ content: 'I ' }),
      chunkOf({ content: 'look.' }),
      callPiece(0, { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }),
      callPiece(1, { id: 'call_2', type: 'function', function: { name: 'weather', arguments: '{"city":' } }),
      callPiece(0, { function: { arguments: '{"city":"Oslo"}' } }),
      callPiece(1, { function: { arguments: '"Rome"}' } }),
      callPiece(2, { id: 'call_3', type: 'function', function: { name: 'now', arguments: '{}' } }),
      chunkOf({}, 'tool_calls'),
    ],
    { finish_reason: 'tool_calls' },
  );

  expect(message.content).toEqual([
    { type: 'thinking', thinking: 'Hm.', signature: '' },
    { type: 'text', text: 'I look.', citations: null },
    { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } },
    { type: 'tool_use', id: 'call_2', name: 'weather', input: { city: 'Rome' } },
    { type: 'tool_use', id: 'call_3', name: 'now', input: {} },
  ]);
  expect(message).toMatchObject({ stop_reason: 'tool_use', usage: { input_tokens: 10, output_tokens: 5 } });
  expect(seen.slice(0, 9)).toEqual([
    'message_start',
    'content_block_start thinking',
    'content_block_delta thinking_delta',
    'content_block_delta thinking_delta',
    'content_block_stop',
    'content_block_start text',
    'content_block_delta text_delta',
    'content_block_delta text_delta',
    'content_block_stop',
  ]);
  expect(seen.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
});

const SIGNED = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' };
const SEALED = { type: 'redacted_thinking', data: 'xyz' };

test.each<[string, ChatChunk[]]>([
  [
    'whole after its pieces',
    [chunkOf({ reasoning_content: 'Hm.' }), chunkOf({ thinking_blocks: [SIGNED] }), chunkOf({ thinking_blocks: [SEALED] })],
  ],
  [
    'in pieces of its own',
    [
      chunkOf({ reasoning_content: 'H', thinking_blocks: [{ type: 'thinking', thinking: 'H', signature: '' }] }),
      chunkOf({ thinking_blocks: [{ type: 'thinking', thinking: 'm.' }] }),
      chunkOf({ thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'c2ln' }, SEALED] }),
    ],
  ],
  ['at once', [chunkOf({ reasoning_content: 'Hm.', thinking_blocks: [SIGNED, SEALED], content: 'Done.' })]],
])('signed thinking comes %s and keeps its signature', async (_title, chunks) => {
  const { message } = await streamed([...chunks, chunkOf({ content: chunks.length === 1 ? '' : 'Done.' }), chunkOf({}, 'stop')], {});

  expect(message.content).toEqual([SIGNED, SEALED, { type: 'text', text: 'Done.', citations: null }]);
});

test.each<[string, Record<string, unknown>, object[]]>([
  ['text', { content: 'Wait.' }, [{ type: 'text', text: 'Wait.', citations: null }]],
  ['thinking', { reasoning_content: 'Hm.' }, [{ type: 'thinking', thinking: 'Hm.', signature: '' }]],
  ['signed and sealed thinking', { thinking_blocks: [SIGNED, SEALED] }, [SIGNED, SEALED]],
])("%s amid a call's arguments is told behind it, and the arguments are whole", async (_what, delta, blocks) => {
  const { message } = await streamed(
    [
      callPiece(0, { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":' } }),
      chunkOf(delta),
      callPiece(0, { function: { arguments: '"Oslo"}' } }),
      chunkOf({}, 'tool_calls'),
    ],
    { finish_reason: 'tool_calls' },
  );

  expect(message.content).toEqual([{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } }, ...blocks]);
});

test('a run that came whole is streamed all the same, and so is its repeat', async () => {
  const options = { headers: { 'idempotency-key': 'message-1' } };
  const first = await client()
    .messages.stream({ ...base, messages }, options)
    .finalMessage();
  const again = client().messages.stream({ ...base, messages }, options);
  const { response } = await again.withResponse();

  expect(await again.finalMessage()).toEqual(first);
  expect(response.headers.get('idempotent-replayed')).toBe('true');
  await expect(client().messages.create({ ...base, messages: [{ role: 'user', content: 'Other.' }] }, options)).rejects.toMatchObject({
    status: 422,
    type: 'invalid_request_error',
  });
});

test("a stream that waits pings in Anthropic's words, and a failure after that is an error event", async () => {
  let release = (): void => undefined;
  api.lane.script.gate = new Promise((resolve) => (release = resolve));
  api.lane.script.error = {
    code: 'provider_unavailable',
    message: 'Away.',
    retryable: true,
    providerCode: null,
    providerMessage: null,
    param: null,
  };
  const response = await fetch(`${api.origin}/v1/messages?beta=true`, {
    method: 'POST',
    headers: { 'x-api-key': KEYS.site, 'content-type': 'application/json' },
    body: JSON.stringify({ ...base, messages, stream: true }),
  });
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes('ping')) release();
  }

  const [ping] = text.split('\n\n');
  expect(ping).toBe('event: ping\ndata: {"type":"ping"}');
  const failure = text.trimEnd().split('\n\n').at(-1)!.split('\n');
  expect(failure[0]).toBe('event: error');
  expect(JSON.parse(failure[1]!.slice('data: '.length))).toMatchObject({
    type: 'error',
    error: { type: 'overloaded_error', code: 'provider_unavailable' },
    request_id: response.headers.get('request-id'),
  });
});

test('tokens are counted without a charge, and an unknown model is refused', async () => {
  const runs = api.lane.runs.length;
  const few = await client().messages.countTokens({ model: 'gpt-test', messages });
  const more = await client().beta.messages.countTokens({ model: 'gpt-test', messages, system: 'Be brief. '.repeat(40), tools });

  expect(few.input_tokens).toBeGreaterThan(0);
  expect(more.input_tokens).toBeGreaterThan(few.input_tokens + 80);
  api.lane.script.counted = 77;
  expect((await client().messages.countTokens({ model: 'gpt-test', messages })).input_tokens).toBe(77);
  delete api.lane.script.counted;
  await expect(client().messages.countTokens({ model: 'none', messages })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  expect(api.lane.runs).toHaveLength(runs);
});

test('a count asks no provider that the class of the key may not reach', async () => {
  const key = 'sk-atelier-tester-0123456789abcdef';
  await api.apply(`  - { name: testers, credentials: [{ name: tester, class: test, key: "\${KEY_TESTER}" }] }\n`, { KEY_TESTER: key });
  api.lane.script.counted = 77;
  const ask = { model: '@cf/meta/llama-3.1-8b', messages };
  const counts = [KEYS.site, key].map(async (apiKey) => (await client({ apiKey }).messages.countTokens(ask)).input_tokens);

  const [allowed, other] = await Promise.all(counts);

  delete api.lane.script.counted;
  expect(allowed).toBe(77);
  expect(other).toBeGreaterThan(0);
  expect(other).not.toBe(77);
});
