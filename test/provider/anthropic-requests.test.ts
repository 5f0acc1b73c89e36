import fc from 'fast-check';
import { droppedParams } from '../../adapters/providers/kinds';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { createAnthropicLab } from '../lab/anthropic';
import { startLab, type Lab } from '../lab/lab';
import { send, startRawUpstream, type RawUpstream } from '../support/raw-upstream';
import { chatCall, collector, failureOf, provider } from './calls';

let lab: Lab;
let upstream: RawUpstream;
beforeAll(async () => {
  lab = await startLab([createAnthropicLab()]);
  upstream = await startRawUpstream();
});
afterEach(() => lab.reset());
afterAll(async () => {
  await lab.close();
  await upstream.close();
});

type Changes = Partial<Parameters<typeof chatCall>[1]> & { readonly version?: string };
const configured = (version = '2023-06-01', baseUrl = lab.url('anthropic')) =>
  provider({ kind: 'anthropic', baseUrl, headers: { 'anthropic-version': version } });

/** What a chat is on the wire; the lab has judged it. */
async function wire(changes: Changes): Promise<Record<string, any>> {
  const { version, ...call } = changes;
  await createProviderRegistry()(configured(version)).text!.chat(chatCall('Hi.', { model: 'claude-opus-5', ...call }));
  return lab.requests('anthropic').at(-1)!.json();
}

const F = { type: 'function', function: { name: 'f' } };
const G = { type: 'function', function: { name: 'g', description: 'Gs.', parameters: { properties: {} }, strict: true } };
const WIRE_F = { name: 'f', input_schema: { type: 'object', properties: {} } };
const WIRE_G = { name: 'g', description: 'Gs.', input_schema: { type: 'object', properties: {} }, strict: true };
const SCHEMA = { type: 'object', properties: { a: { type: 'object', properties: {} } } };
const CLOSED = {
  type: 'object',
  additionalProperties: false,
  properties: { a: { type: 'object', properties: {}, additionalProperties: false } },
};

test.each<[Changes, object, string[]]>([
  [{ maxOutputTokens: 77 }, { max_tokens: 77 }, []],
  [{ maxOutputTokens: 77, params: { max_tokens: 5, max_completion_tokens: 9 } }, { max_tokens: 9 }, []],
  [{ maxOutputTokens: 77, options: { max_tokens: 50, inference_geo: 'us' } }, { max_tokens: 50, inference_geo: 'us' }, []],
  [{ params: { temperature: 0, top_k: 0 } }, { temperature: 0, top_k: 0 }, []],
  [{ params: { temperature: 1.5 } }, { temperature: 1 }, ['temperature']],
  [{ params: { temperature: 0.5, top_p: 0.5 } }, { temperature: 0.5 }, ['top_p']],
  [{ version: '2026-10-21', params: { temperature: 0.5, top_p: 1, top_k: 3 } }, {}, ['temperature', 'top_k']],
  [{ params: { seed: 0, n: 1, logprobs: false, store: true, odd: '', user: null } }, {}, ['seed', 'store', 'odd']],
  [{ params: { stop: ['x', ' '], stop_sequences: ['y'] } }, { stop_sequences: ['x', 'y'] }, ['stop']],
  [{ params: { user: 'u', safety_identifier: 's', metadata: { k: 'v' } } }, { metadata: { user_id: 's' } }, ['metadata']],
  [{ params: { metadata: { user_id: 'm' } } }, { metadata: { user_id: 'm' } }, []],
  [{ params: { service_tier: 'default' } }, { service_tier: 'standard_only' }, []],
  [{ params: { service_tier: 'flex' } }, {}, ['service_tier']],
  [{ params: { tools: [F, G], tool_choice: 'required' } }, { tools: [WIRE_F, WIRE_G], tool_choice: { type: 'any' } }, []],
  [{ params: { tools: [F], tool_choice: 'none', parallel_tool_calls: false } }, { tools: [WIRE_F], tool_choice: { type: 'none' } }, []],
  [
    { params: { tools: [F], parallel_tool_calls: false } },
    { tools: [WIRE_F], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    [],
  ],
  [
    { params: { tools: [F, G], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [G] } } } },
    { tools: [WIRE_G], tool_choice: { type: 'auto' } },
    [],
  ],
  [
    { params: { tools: [F], tool_choice: { type: 'function', function: { name: 'f' } }, reasoning_effort: 'high' } },
    { tools: [WIRE_F], tool_choice: { type: 'tool', name: 'f' } },
    ['reasoning_effort'],
  ],
  [{ params: { tool_choice: 'auto', parallel_tool_calls: false } }, {}, []],
  [{ params: { response_format: { type: 'text' } } }, {}, []],
  [{ params: { response_format: { type: 'json_object' } } }, {}, ['response_format']],
  [
    { params: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } } } },
    { output_config: { format: { type: 'json_schema', schema: CLOSED } } },
    [],
  ],
  [
    { params: { reasoning_effort: 'minimal', temperature: 0.5 } },
    { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'low' } },
    ['temperature'],
  ],
  [{ params: { reasoning_effort: 'none', temperature: 0.5 } }, { thinking: { type: 'disabled' }, temperature: 0.5 }, []],
  [
    { params: { reasoning_effort: 'low', thinking: { type: 'enabled', budget_tokens: 1024 } } },
    { thinking: { type: 'enabled', budget_tokens: 1024 } },
    ['reasoning_effort'],
  ],
  [
    { model: 'claude-haiku-4-5', params: { reasoning_effort: 'medium', max_tokens: 4000 } },
    { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 2000 } },
    [],
  ],
  [{ model: 'claude-haiku-4-5', params: { reasoning_effort: 'high', max_tokens: 1000 } }, { max_tokens: 1000 }, ['reasoning_effort']],
])('%j becomes %j, and what is lost is named: %j', async (changes, expected, lost) => {
  const { model = 'claude-opus-5', params = {}, version } = changes;
  const { messages: _messages, model: _model, ...body } = await wire(changes);

  expect(body).toEqual({ max_tokens: 4096, ...expected });
  expect([...droppedParams(configured(version), model, { operation: 'chat', params })].sort()).toEqual([...lost].sort());
});

const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more });
const MARK = { cache_control: { type: 'ephemeral' } };
const CALL = (id: string, args = '{}') => ({ id, type: 'function', function: { name: 'f', arguments: args } });
const USE = (id: string, input: object = {}) => ({ type: 'tool_use', id, name: 'f', input });
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });

test.each<[string, object[], object]>([
  [
    'instructions from everywhere, with marks for the cache',
    [
      { role: 'system', content: 'A.' },
      { role: 'user', content: 'Hi.' },
      { role: 'developer', content: [text('B.', MARK)] },
    ],
    { system: [text('A.'), text('B.', MARK)], messages: [user(text('Hi.'))] },
  ],
  ['instructions alone', [{ role: 'system', content: 'A.' }], { messages: [user(text('A.'))] }],
  [
    'turns of one role, empty texts and a beginning by the assistant',
    [
      { role: 'assistant', content: 'Hello!' },
      { role: 'user', content: 'One.' },
      { role: 'user', content: ' ' },
      { role: 'user', content: 'Two.', ...MARK },
    ],
    { messages: [user(text('.')), assistant(text('Hello!')), user(text('One.'), text('Two.', MARK))] },
  ],
  [
    'results before words, ids of other vendors, failures and broken arguments',
    [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: null, tool_calls: [CALL('functions.f:0', '{"id":12345678901234567}'), CALL('b', '{"a":')] },
      { role: 'tool', tool_call_id: 'functions.f:0', content: 'one' },
      { role: 'user', content: 'Well?' },
      { role: 'tool', tool_call_id: 'b', content: '', is_error: true },
    ],
    {
      messages: [
        user(text('Go.')),
        assistant(USE('functions_f_0', { id: 12345678901234567n }), USE('b', { arguments: '{"a":' })),
        user(
          { type: 'tool_result', tool_use_id: 'functions_f_0', content: [text('one')] },
          { type: 'tool_result', tool_use_id: 'b', is_error: true },
          text('Well?'),
        ),
      ],
    },
  ],
  [
    'an answer that is begun, without white space at its end',
    [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: 'The answer is (  ' },
    ],
    { messages: [user(text('Go.')), assistant(text('The answer is ('))] },
  ],
  [
    'a refusal and unsigned thinking of another model',
    [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: null, refusal: 'No.', thinking_blocks: [{ type: 'thinking', thinking: 'x', signature: '' }] },
      { role: 'user', content: 'Why?' },
    ],
    { messages: [user(text('Go.')), assistant(text('No.')), user(text('Why?'))] },
  ],
])('a conversation with %s is one that Anthropic takes', async (_what, messages, expected) => {
  const { model: _model, max_tokens: _most, ...body } = await wire({ messages });

  const digits = (value: unknown) => JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  expect(JSON.parse(digits(body))).toEqual(JSON.parse(digits(expected)));
});

test('a chat that came in the format of Anthropic keeps what is unknown here', async () => {
  upstream.answer('m', send(JSON.stringify({ content: [], stop_reason: 'end_turn' }), { 'content-type': 'application/json' }));
  const call = chatCall('Hi.', { params: { brand_new: { a: 0 }, max_tokens: 5 } });
  const native = { ...call, input: { ...call.input, format: 'anthropic' as const } };
  await createProviderRegistry()(configured('2023-06-01', upstream.baseUrl)).text!.chat(native);

  expect(upstream.requests.at(-1)!.body).toMatchObject({ brand_new: { a: 0 }, max_tokens: 5 });
  expect(droppedParams(configured(), 'm', native.input)).toEqual([]);
});

test('whole numbers of arguments keep all their digits on the wire', async () => {
  const messages = [
    { role: 'user', content: 'Go.' },
    { role: 'assistant', tool_calls: [CALL('a', '{"id":12345678901234567}')] },
    { role: 'tool', tool_call_id: 'a', content: 'ok' },
  ];
  await wire({ messages });

  expect(lab.requests('anthropic').at(-1)!.body.toString()).toContain('"id":12345678901234567');
});

const EVENTS: readonly Record<string, unknown>[] = [
  { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 9, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm…' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Grüße 🎨' } },
  { type: 'something_new', index: 1 },
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":"é' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '"}' } },
  { type: 'content_block_stop', index: 2 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { input_tokens: 9, output_tokens: 20 } },
  { type: 'message_stop' },
];
const STREAM = Buffer.from(EVENTS.map((event) => `event: ${String(event['type'])}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join(''));

test('an answer is the same wherever its stream is cut into packets', async () => {
  const text = createProviderRegistry()(configured('2023-06-01', upstream.baseUrl)).text!;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: STREAM.length - 1 }), { maxLength: 8 }), async (cuts) => {
      const at = [...new Set([0, ...cuts, STREAM.length])].sort((left, right) => left - right);
      upstream.answer('m', async (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const [index, end] of at.slice(1).entries()) {
          await new Promise((resolve) => response.write(STREAM.subarray(at[index], end), resolve));
        }
        response.end();
      });
      const { chunks, onChunk } = collector();
      const { choices, usage } = await text.chat(chatCall('Hi.', { onChunk }));

      expect(choices[0]).toMatchObject({
        message: {
          content: 'Grüße 🎨',
          reasoning_content: 'Hm…',
          thinking_blocks: [{ type: 'thinking', thinking: 'Hm…', signature: 'sig' }],
          tool_calls: [{ id: 'toolu_1', function: { name: 'f', arguments: '{"a":"é"}' } }],
        },
        finish_reason: 'tool_calls',
      });
      expect(usage?.usage).toMatchObject({ inputTokens: 9, outputTokens: 20 });
      expect(chunks.filter(({ choices: [choice] }) => choice?.finish_reason !== null)).toHaveLength(1);
    }),
    { numRuns: 80 },
  );
});

test('a stream that ends before its reason is cut off, and one that stays open after its last event is whole', async () => {
  const text = createProviderRegistry()(configured('2023-06-01', upstream.baseUrl)).text!;
  const before = STREAM.subarray(0, STREAM.indexOf('event: message_delta'));
  upstream.answer('m', send(before));
  expect((await failureOf(text.chat(chatCall('Hi.', { onChunk: () => undefined })))).code).toBe('provider_unavailable');

  upstream.answer('m', (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(STREAM));
  expect((await text.chat(chatCall('Hi.', { onChunk: () => undefined }))).choices).toHaveLength(1);
});
