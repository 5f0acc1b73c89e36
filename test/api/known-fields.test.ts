import fc from 'fast-check';
import { useApi } from './support/api';
import { faultOf, stateOf } from './support/refusals';
import { CHAT, OVERFLOWING, PIXEL, USER } from './support/wrong-chats';

const api = useApi();
const state = () => stateOf(api);

describe('a chat, a text task, an item and an override', () => {
  let parent = '';
  beforeAll(async () => {
    const answer = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages: [USER] } });
    parent = answer.headers.get('x-atelier-run-id') ?? '';
  });

  test.each(CHAT.map((row) => [JSON.stringify(row[0]).slice(0, 120), ...row] as const))(
    'with %s are refused by name, and nothing is stored or called',
    async (_what, change, param, code) => {
      const before = await state();
      const { messages = [USER], ...params } = change;
      const task = { type: 'text', model: 'gpt-test', input: { messages }, params };
      const isOfMessages = param.startsWith('messages');
      const place = `${isOfMessages ? 'input' : 'params'}.${param}`;

      const chat = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages, ...params } });
      const asTask = await api.call('POST', '/v1/tasks', { body: task });
      const asItem = await api.call('POST', '/v1/campaigns', { body: { items: [{ ...task, key: 'k' }] } });
      const overrides = isOfMessages ? { input: { messages } } : { params };
      const asReplay = await api.call('POST', `/v1/tasks/${parent}/replay`, { body: { overrides } });

      expect(faultOf(chat)).toEqual([400, code, param]);
      expect(faultOf(asTask)).toEqual([400, code, place]);
      expect(faultOf(asItem)).toEqual([400, 'invalid_campaign_items', 'items']);
      expect(asItem.body.error.details).toEqual([{ index: 1, key: 'k', param: place, message: expect.any(String) }]);
      expect(faultOf(asReplay)).toEqual([400, code, `overrides.${place}`]);
      expect(chat.body.error.message.length).toBeGreaterThan(20);
      expect(await state()).toEqual(before);
    },
  );
});

test.each(OVERFLOWING)('%s of 1e400 is refused by name', async (name) => {
  const answer = await api.call('POST', '/v1/chat/completions', {
    body: `{"model":"gpt-test","messages":[{"role":"user","content":"x"}],"${name}":1e400}`,
  });

  expect(faultOf(answer)).toEqual([400, expect.stringMatching(/^invalid_(type|value)$/), name]);
});

test.each([
  ['stream', 'true'],
  ['stream', 1],
  ['stream_options', true],
  ['model', 5],
])('a chat whose %s is %j is refused by name', async (name, value) => {
  const answer = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages: [USER], [name]: value } });

  expect(faultOf(answer)).toEqual([400, 'invalid_type', name]);
});

test('what is unusual and right passes as it is', async () => {
  const messages = [
    { role: 'developer', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: '' },
        { type: 'image_url', image_url: { url: PIXEL, detail: 'low' } },
      ],
      name: 'me',
    },
    { role: 'user', content: [{ type: 'image_url', image_url: `data:application/pdf;name=a.pdf;base64,${'A'.repeat(5_000)}\n` }] },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'HTTPS://example.com/a b.png?x=1#y' } }] },
    {
      role: 'user',
      content: [
        { type: 'video_url', video_url: { url: 'oss://bucket/x.mp4' } },
        { type: 'file', file: { file_id: 'f' } },
      ],
    },
    { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'x' }] },
    { role: 'assistant', tool_calls: [{ id: 'b', type: 'odd', odd: 1 }] },
    { role: 'assistant', content: '' },
  ];
  const params = {
    temperature: 0,
    seed: 9_007_199_254_740_992,
    stop: ['a', 'b', 'c', 'd', 'e'],
    logit_bias: { 1: -100 },
    tools: [
      { type: 'function', function: { name: 'server.tool:x', parameters: { type: 'object', properties: { a: { default: null } } } } },
      { type: 'web_search', anything: [null] },
    ],
    tool_choice: { type: 'allowed_tools', allowed_tools: {} },
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { enum: [null] }, strict: true } },
    metadata: { a: null },
    reasoning_effort: 'xhigh',
    made_up: null,
  };

  const answer = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages, ...params } });

  expect(answer.status).toBe(200);
  expect(api.lane.runs.at(-1)!.task.input).toEqual({ operation: 'chat', messages, params });
});

const KNOWN = [
  ...['temperature', 'top_p', 'n', 'max_tokens', 'max_completion_tokens', 'presence_penalty', 'frequency_penalty', 'seed', 'stop', 'user'],
  ...['logit_bias', 'logprobs', 'top_logprobs', 'tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'metadata', 'store'],
  ...['reasoning_effort', 'verbosity', 'modalities', 'audio', 'prediction', 'functions', 'function_call', 'stream', 'stream_options'],
  ...['service_tier', 'safety_identifier', 'prompt_cache_key', 'web_search_options'],
];

test('null is as absent in every known field of a chat and of its messages', async () => {
  const body = { model: 'gpt-test', ...Object.fromEntries(KNOWN.map((name) => [name, null])) };
  const messages = [
    { ...USER, name: null },
    { role: 'assistant', content: null, refusal: null, tool_calls: null, function_call: null, audio: null, name: null, made_up: null },
  ];

  const answer = await api.call('POST', '/v1/chat/completions', { body: { ...body, messages } });

  expect(answer.status).toBe(200);
  expect(api.lane.runs.at(-1)!.task.input).toEqual({
    operation: 'chat',
    messages: [USER, { role: 'assistant', content: null, made_up: null }],
    params: {},
  });
});

/** Values of every type of JSON, beside the types that a field may have. */
const SAMPLES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  text: fc.string(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  flag: fc.boolean(),
  list: fc.array(fc.jsonValue({ maxDepth: 1 })),
  object: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
};
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(OVERFLOWING.map((name) => [name, ['number']])),
  frequency_penalty: ['number'],
  stop: ['text', 'list'],
  logit_bias: ['object'],
  logprobs: ['flag'],
  parallel_tool_calls: ['flag'],
  store: ['flag'],
  stream: ['flag'],
  stream_options: ['object'],
  tools: ['list'],
  functions: ['list'],
  modalities: ['list'],
  tool_choice: ['text', 'object'],
  function_call: ['text', 'object'],
  response_format: ['object'],
  metadata: ['object'],
  audio: ['object'],
  prediction: ['object'],
  web_search_options: ['object'],
};

test('a known field of a wrong type, whatever its value, is a 400 that names it', async () => {
  const wrong = fc.constantFrom(...KNOWN).chain((name) => {
    const kinds = Object.keys(SAMPLES).filter((kind) => !(ALLOWED[name] ?? ['text']).includes(kind));
    return fc.tuple(fc.constant(name), fc.oneof(...kinds.map((kind) => SAMPLES[kind]!)));
  });
  const before = await state();

  await fc.assert(
    fc.asyncProperty(wrong, async ([name, value]) => {
      const answer = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages: [USER], [name]: value } });
      expect(faultOf(answer)).toEqual([400, 'invalid_type', name]);
    }),
    { numRuns: 200 },
  );
  expect(await state()).toEqual(before);
});

test('unknown fields and parts, whatever their value, travel as they are', async () => {
  // `__proto__` is no field that JavaScript could keep, and JSON has no negative zero.
  const isPlain = (value: unknown): boolean => !JSON.stringify(value).includes('__proto__');
  const value = fc.jsonValue({ maxDepth: 3 }).map((given) => JSON.parse(JSON.stringify(given)) as unknown);
  const unknown = fc
    .dictionary(
      fc.string().map((name) => `x_${name}`),
      value,
    )
    .filter(isPlain);

  await fc.assert(
    fc.asyncProperty(unknown, unknown, unknown, async (inBody, inMessage, inPart) => {
      const messages = [
        {
          role: 'user',
          content: [
            { type: 'x_part', ...inPart },
            { type: 'text', text: 'x', ...inPart },
          ],
          ...inMessage,
        },
      ];
      const answer = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages, ...inBody } });
      expect(answer.status).toBe(200);
      expect(api.lane.runs.at(-1)!.task.input).toEqual({ operation: 'chat', messages, params: inBody });
    }),
    { numRuns: 50 },
  );
});

test.each([
  [{ input: '' }, 'input', 'invalid_value'],
  [{ input: [] }, 'input', 'invalid_value'],
  [{ input: [''] }, 'input[0]', 'invalid_value'],
  [{ input: ['a', ''] }, 'input[1]', 'invalid_value'],
  [{ input: [[]] }, 'input[0]', 'invalid_value'],
  [{ input: ['a', 1] }, 'input', 'invalid_value'],
  [{ input: [1.5] }, 'input', 'invalid_value'],
  [{ input: [-1] }, 'input[0]', 'invalid_value'],
  [{ input: [[1], ['a']] }, 'input', 'invalid_value'],
  [{ input: { text: 'a' } }, 'input', 'invalid_type'],
  [{ input: null }, 'input', 'invalid_type'],
  [{ encoding_format: 'hex' }, 'encoding_format', 'invalid_value'],
  [{ encoding_format: 1 }, 'encoding_format', 'invalid_type'],
  [{ dimensions: 0 }, 'dimensions', 'invalid_value'],
  [{ dimensions: '256' }, 'dimensions', 'invalid_type'],
  [{ dimensions: 1.5 }, 'dimensions', 'invalid_value'],
  [{ user: 1 }, 'user', 'invalid_type'],
])('embeddings with %j are refused by name', async (change, param, code) => {
  const before = await state();

  const answer = await api.call('POST', '/v1/embeddings', { body: { model: 'embed-test', input: 'x', ...change } });

  expect(faultOf(answer)).toEqual([400, code, param]);
  expect(await state()).toEqual(before);
});

test.each([['a'], [['a', 'b']], [[1, 2]], [[[1], [2, 3]]]])('embeddings of %j pass, their nulls as absent', async (input) => {
  const answer = await api.call('POST', '/v1/embeddings', {
    body: { model: 'embed-test', input, encoding_format: null, dimensions: null, user: null, input_type: null },
  });

  expect(answer.status).toBe(200);
  expect(api.lane.runs.at(-1)!.task.input).toEqual({ operation: 'embedding', input, params: { input_type: null } });
});
