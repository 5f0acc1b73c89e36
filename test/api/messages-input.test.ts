import Anthropic from '@anthropic-ai/sdk';
import type { ChatInput } from '../../domain/task/generation';
import { ADMIN_KEY, KEYS, useApi } from './support/api';

const api = useApi();

const base = { model: 'gpt-test', max_tokens: 100 };
const messages = [{ role: 'user' as const, content: 'Say hello.' }];
const tools = [
  { name: 'weather', description: 'Says it.', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } },
];
const SIGNED = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' };
const SEALED = { type: 'redacted_thinking', data: 'xyz' };

function client(apiKey = KEYS.site): Anthropic {
  return new Anthropic({ baseURL: api.origin, apiKey, maxRetries: 0 });
}

function lastInput(): ChatInput {
  return api.lane.runs.at(-1)!.task.input as ChatInput;
}

/** What was asked of the lane by a request with these fields. */
async function inputOf(fields: object, headers: Record<string, string> = {}): Promise<ChatInput> {
  const { status, text } = await api.call('POST', '/v1/messages', { body: { ...base, messages, ...fields }, headers });
  if (status !== 200) throw new Error(text);
  return lastInput();
}

test('what only the format of Anthropic knows is kept for providers that speak it', async () => {
  const mark = { type: 'ephemeral' };
  const input = await inputOf(
    {
      system: [{ type: 'text', text: 'Be brief.', cache_control: mark }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Weather?', cache_control: mark }] },
        {
          role: 'assistant',
          content: [
            SIGNED,
            SEALED,
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'No service.', is_error: true }] },
        { role: 'system', content: 'Now in French.' },
      ],
      tools: [
        { ...tools[0], cache_control: mark },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive' },
      output_config: {
        effort: 'high',
        format: { type: 'json_schema', schema: { type: 'object', properties: {}, additionalProperties: false } },
      },
      context_management: { edits: [] },
      top_k: 5,
      top_p: 0,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      n: 3,
    },
    { 'anthropic-beta': 'a-2025-01-01, b-2025-02-02', 'anthropic-version': '2023-06-01' },
  );

  expect(input).toEqual({
    operation: 'chat',
    format: 'anthropic',
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache_control: mark }] },
      { role: 'user', content: [{ type: 'text', text: 'Weather?', cache_control: mark }] },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
        thinking_blocks: [SIGNED, SEALED],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'No service.', is_error: true },
      { role: 'system', content: 'Now in French.' },
    ],
    params: {
      max_tokens: 100,
      top_p: 0,
      top_k: 5,
      stop: ['END'],
      user: 'u1',
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
      context_management: { edits: [] },
      anthropic_beta: ['a-2025-01-01', 'b-2025-02-02'],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema: { type: 'object', properties: {}, additionalProperties: false } },
      },
      tools: [
        {
          type: 'function',
          function: { name: 'weather', description: 'Says it.', parameters: tools[0]!.input_schema },
          cache_control: mark,
        },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
    },
  });
});

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } };
const imagePart = { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } };

test('images, documents and results with images become what every family reads', async () => {
  const input = await inputOf({
    messages: [
      {
        role: 'user',
        content: [image, { type: 'image', source: { type: 'url', url: 'https://pics.example/a.png' } }, { type: 'text', text: 'Both?' }],
      },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 't1', name: 'weather', input: {} },
          { type: 'tool_use', id: 't2', name: 'weather', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'A map.' }, image] },
          { type: 'tool_result', tool_use_id: 't2' },
          { type: 'text', text: 'And?' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }, title: 'Report' },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Notes.' }, title: 'N' },
          { type: 'search_result', title: 'T', source: 'https://s.example', content: [{ type: 'text', text: 'Found.' }] },
        ],
      },
    ],
  });

  expect(input.messages).toEqual([
    {
      role: 'user',
      content: [imagePart, { type: 'image_url', image_url: { url: 'https://pics.example/a.png' } }, { type: 'text', text: 'Both?' }],
    },
    expect.objectContaining({ role: 'assistant', content: null }),
    {
      role: 'tool',
      tool_call_id: 't1',
      content: [
        { type: 'text', text: 'A map.' },
        { type: 'text', text: 'More of it is in the next message.' },
      ],
    },
    { role: 'tool', tool_call_id: 't2', content: '' },
    { role: 'user', content: [{ type: 'text', text: 'Of the result of the tool call t1:' }, imagePart, { type: 'text', text: 'And?' }] },
    {
      role: 'user',
      content: [
        { type: 'file', file: { filename: 'Report.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
        { type: 'text', text: 'N\n\nNotes.' },
        { type: 'text', text: 'T (https://s.example)\nFound.' },
      ],
    },
  ]);
});

const user = (content: unknown) => ({ ...base, messages: [{ role: 'user', content }] });

test.each<[string, unknown, number, string, string, string?]>([
  ['no max_tokens', { model: 'gpt-test', messages }, 400, 'invalid_request_error', 'missing_required_parameter', 'max_tokens'],
  ['no messages', base, 400, 'invalid_request_error', 'missing_required_parameter', 'messages'],
  ['an unknown model', { ...base, messages, model: 'gpt-tset' }, 404, 'not_found_error', 'model_not_found', 'model'],
  ['an image model', { ...base, messages, model: 'image-test' }, 400, 'invalid_request_error', 'invalid_value', 'model'],
  [
    'an unknown role',
    { ...base, messages: [{ role: 'tool', content: 'x' }] },
    400,
    'invalid_request_error',
    'invalid_value',
    'messages[0].role',
  ],
  ['an unknown block', user([{ type: 'sound' }]), 400, 'invalid_request_error', 'invalid_value', 'messages[0].content[0].type'],
  [
    'broken base64',
    user([{ ...image, source: { ...image.source, data: '*' } }]),
    400,
    'invalid_request_error',
    'invalid_value',
    'messages[0].content[0].source.data',
  ],
  [
    'an odd image type',
    user([{ ...image, source: { ...image.source, media_type: 'image/bmp' } }]),
    400,
    'invalid_request_error',
    'invalid_value',
    'messages[0].content[0].source.media_type',
  ],
  [
    'a file of the Files API',
    user([{ type: 'image', source: { type: 'file', file_id: 'f' } }]),
    400,
    'invalid_request_error',
    'invalid_value',
    'messages[0].content[0].source',
  ],
  [
    'a tool without schema',
    { ...base, messages, tools: [{ name: 'f' }] },
    400,
    'invalid_request_error',
    'missing_required_parameter',
    'tools[0].input_schema',
  ],
  ['a stop that is text', { ...base, messages, stop_sequences: 'END' }, 400, 'invalid_request_error', 'invalid_type', 'stop_sequences'],
])('%s is refused in the shape of Anthropic', async (_title, body, status, type, code, param) => {
  const answer = await api.call('POST', '/v1/messages', { body });

  expect([answer.status, answer.body]).toEqual([
    status,
    {
      type: 'error',
      error: { type, code, ...(param === undefined ? {} : { param }), message: expect.stringContaining(answer.headers.get('request-id')!) },
      request_id: answer.headers.get('request-id'),
    },
  ]);
});

test('what is refused before a body is read has that shape too, and the SDK knows each by its class', async () => {
  const wrong = await client('sk-wrong')
    .messages.create({ ...base, messages })
    .catch((error: unknown) => error);
  expect(wrong).toBeInstanceOf(Anthropic.AuthenticationError);
  expect(wrong).toMatchObject({ type: 'authentication_error', requestID: expect.stringMatching(/^req_/) });
  const cases: [string, string, object, number, string][] = [
    ['GET', '/v1/messages', {}, 405, 'invalid_request_error'],
    ['POST', '/v1/messages/batches', { body: {} }, 404, 'not_found_error'],
    ['POST', '/messages', { body: '{', headers: { 'content-type': 'application/json' } }, 400, 'invalid_request_error'],
    ['POST', '/v1/messages', { body: 'x', headers: { 'content-type': 'text/plain' } }, 415, 'invalid_request_error'],
    ['POST', '/v1/messages', { body: { ...base, messages }, key: ADMIN_KEY }, 403, 'permission_error'],
    ['POST', '/v1/messages', { body: { ...base, messages, max_tokens: 7_000 }, key: KEYS.poor }, 429, 'rate_limit_error'],
    ['GET', '/v1/models/none', { headers: { 'anthropic-version': '2023-06-01' } }, 404, 'not_found_error'],
  ];
  for (const [method, path, options, status, type] of cases) {
    const { body: json, ...answer } = await api.call(method, path, options);
    expect([path, answer.status, json.type, json.error.type]).toEqual([path, status, 'error', type]);
  }
  const large = await fetch(`${api.origin}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': KEYS.site, 'content-type': 'application/json' },
    body: 'x'.repeat(33 * 1024 * 1024),
  });
  expect([large.status, ((await large.json()) as { error: { type: string } }).error.type]).toEqual([413, 'request_too_large']);
});

test('a routing hint is none of the parameters, and models named without a model serve in their order', async () => {
  const hints = { routing: { providers: ['fake'] }, models: ['gpt-test', 'vendor/slashed'] };
  const input = await inputOf({ model: undefined, ...hints });

  expect(input.params).toEqual({ max_tokens: 100 });
  expect(api.lane.runs.at(-1)!.task.model).toBe('gpt-test');
  const unknown = await api.call('POST', '/v1/messages', { body: { ...base, messages, routing: { exclude: ['none'] } } });
  expect(unknown.body.error).toMatchObject({ type: 'invalid_request_error', param: 'routing.exclude[0]' });
});

test('what the provider is not given is named', async () => {
  const body = {
    ...base,
    messages,
    thinking: { type: 'adaptive' },
    top_k: 1,
    n: 2,
    tools: [{ type: 'web_search_20250305', name: 'web_search' }],
  };
  const { status, headers } = await api.call('POST', '/v1/messages', { body });

  expect([status, headers.get('x-atelier-dropped')]).toEqual([200, 'n, thinking, top_k, tools, tools.web_search']);
});

test('a conversation that is too long says so in the words that Claude Code looks for', async () => {
  const { body: json } = await api.call('POST', '/v1/messages', { body: user('x'.repeat(80_000)) });

  expect(json.error).toMatchObject({ type: 'invalid_request_error', code: 'context_length_exceeded' });
  expect(json.error.message).toMatch(/^prompt is too long: \d+ tokens > 8000 maximum/);
});
