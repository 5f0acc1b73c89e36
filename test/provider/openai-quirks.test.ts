import fc from 'fast-check';
import type { ChatInput } from '../../domain/task/generation';
import { droppedParams } from '../../adapters/providers/kinds';
import { chunk, events, send, startRawUpstream, type RawUpstream } from '../support/raw-upstream';
import { chatCall, collector, openaiAt, provider } from './calls';
import { WHOLE } from './streams';

let upstream: RawUpstream;
beforeAll(async () => {
  upstream = await startRawUpstream();
});
afterEach(() => void upstream.requests.splice(0));
afterAll(() => upstream.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const MARK = { cache_control: { type: 'ephemeral' } };

/** What a vendor is sent for a chat. */
async function wire(quirks: string, params: Record<string, unknown>, model = 'm', messages?: unknown[]): Promise<Record<string, any>> {
  upstream.answer(model, send(WHOLE, JSON_TYPE));
  const { text } = openaiAt(upstream.baseUrl, { options: { quirks } });
  await text.chat(chatCall('Hi.', { model, params, ...(messages === undefined ? {} : { messages }) }));
  return upstream.requests.at(-1)!.body;
}

/** Parameters as they arrive, without model and messages. */
async function sent(quirks: string, params: Record<string, unknown>, model = 'm'): Promise<Record<string, unknown>> {
  const { model: _model, messages: _messages, ...rest } = await wire(quirks, params, model);
  return rest;
}

const dropped = (quirks: string, params: ChatInput['params'], model = 'm') =>
  droppedParams(provider({ options: { quirks } }), model, { operation: 'chat', params });

const SCHEMA = { type: 'json_schema', json_schema: { name: 'cat', schema: { type: 'object' } } };

test.each<[string, string, Record<string, unknown>, Record<string, unknown>, string[]]>([
  ['openai', 'gpt-4.1', { max_tokens: 9, temperature: 0, seed: 0 }, { max_tokens: 9, temperature: 0, seed: 0 }, []],
  ['openai', 'gpt-5-mini', { max_tokens: 9, temperature: 0 }, { max_completion_tokens: 9 }, ['temperature']],
  ['openai', 'gpt-5.1', { reasoning_effort: 'none', temperature: 0 }, { reasoning_effort: 'none', temperature: 0 }, []],
  ['openai', 'gpt-5-chat-latest', { temperature: 0 }, { temperature: 0 }, []],
  [
    'openai',
    'm',
    { thinking: { type: 'enabled', budget_tokens: 2000 }, top_k: 3, stop_sequences: ['x'] },
    { stop: ['x'] },
    ['thinking', 'top_k'],
  ],
  ['deepseek', 'm', { max_completion_tokens: 9, max_tokens: 5 }, { max_tokens: 9 }, []],
  ['deepseek', 'm', { reasoning_effort: 'high' }, { thinking: { type: 'enabled' } }, []],
  ['deepseek', 'm', { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }, []],
  ['deepseek', 'm', { reasoning_effort: 'high', thinking: { type: 'disabled' } }, { thinking: { type: 'disabled' } }, []],
  ['deepseek', 'm', { seed: 0, n: 1, user: 'u', tool_choice: 'required' }, { tool_choice: 'required' }, ['seed', 'user']],
  ['deepseek', 'm', { response_format: SCHEMA }, { response_format: { type: 'json_object' } }, ['response_format.json_schema']],
  ['moonshot', 'm', { tool_choice: 'required', temperature: 1.5 }, { tool_choice: 'auto', temperature: 1 }, ['tool_choice', 'temperature']],
  [
    'qwen',
    'qwen3.8-max',
    { reasoning_effort: 'low', top_k: 3, response_format: SCHEMA },
    { enable_thinking: true, top_k: 3, response_format: SCHEMA },
    [],
  ],
  ['qwen', 'qwen-plus', { frequency_penalty: 1, thinking: { type: 'adaptive' } }, { enable_thinking: true }, ['frequency_penalty']],
  ['xai', 'grok-5', { max_tokens: 9, stop: 'x', search_parameters: {} }, { max_completion_tokens: 9, search_parameters: {} }, ['stop']],
  [
    'openrouter',
    'm',
    { reasoning: { effort: 'high' }, top_k: 3, store: true },
    { reasoning: { effort: 'high' }, top_k: 3, store: true },
    [],
  ],
  ['ollama', 'm', { max_completion_tokens: 9, tool_choice: 'auto', n: 2 }, { max_tokens: 9 }, ['n']],
  ['vllm', 'm', { guided_json: {}, store: true, top_k: 0 }, { guided_json: {}, top_k: 0 }, ['store']],
  ['lmstudio', 'm', { max_completion_tokens: 9, ttl: 3 }, { max_tokens: 9, ttl: 3 }, []],
  ['other', 'm', { thinking: { type: 'enabled' }, top_k: 3, odd: '' }, { thinking: { type: 'enabled' }, top_k: 3, odd: '' }, []],
  ['vllm', 'm', { thinking: { type: 'adaptive' }, anthropic_beta: ['x'] }, {}, ['thinking', 'anthropic_beta']],
  ['none', 'm', { thinking: { type: 'adaptive' }, anthropic_beta: ['x'] }, { thinking: { type: 'adaptive' }, anthropic_beta: ['x'] }, []],
])('%s, model %s: %j is sent as %j, and what is lost is named', async (quirks, model, params, expected, lost) => {
  expect(await sent(quirks, params, model)).toEqual(expected);
  expect([...dropped(quirks, params, model)].sort()).toEqual([...lost].sort());
});

test.each([
  ['https://api.deepseek.com/v1', 'seed'],
  ['https://API.deepseek.com', 'seed'],
  ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'frequency_penalty'],
  ['https://api.x.ai/v1', 'stop'],
  ['http://127.0.0.1:11434/v1', 'logit_bias'],
  ['https://my-name.openai.azure.com/openai/v1', 'top_k'],
])('the vendor at %s is known by its address', (baseUrl, name) => {
  const params = { seed: 1, frequency_penalty: 1, stop: 'x', logit_bias: { 1: 1 }, top_k: 1 };

  expect(droppedParams(provider({ baseUrl }), 'm', { operation: 'chat', params })).toContain(name);
  expect(droppedParams(provider({ baseUrl, options: { quirks: 'other' } }), 'm', { operation: 'chat', params })).toEqual([]);
  expect(droppedParams(provider({ baseUrl: 'https://deepseek.com.example' }), 'm', { operation: 'chat', params })).toEqual([]);
});

test('whatever a vendor is not sent as it was given is renamed or named as lost', async () => {
  const given = fc.record(
    {
      temperature: fc.constantFrom(0, 0.5, 1, 2),
      seed: fc.constantFrom(0, 7),
      n: fc.constantFrom(1, 2),
      stop: fc.constantFrom('x', ['x', 'y']),
      user: fc.constant('u'),
      tool_choice: fc.constantFrom('auto', 'required', 'none'),
      store: fc.boolean(),
      frequency_penalty: fc.constantFrom(0, 1),
      parallel_tool_calls: fc.boolean(),
      unknown: fc.constantFrom(0, false, ''),
    },
    { requiredKeys: [] },
  );
  const vendors = fc.constantFrom(
    'openai',
    'deepseek',
    'moonshot',
    'qwen',
    'xai',
    'openrouter',
    'ollama',
    'vllm',
    'lmstudio',
    'other',
    'none',
  );
  await fc.assert(
    fc.asyncProperty(vendors, fc.constantFrom('m', 'gpt-5'), given, async (quirks, model, params) => {
      const body = await sent(quirks, params, model);
      const lost = dropped(quirks, params, model);
      for (const [name, value] of Object.entries(params)) {
        if (lost.includes(name)) expect(body[name]).not.toEqual(value);
        else if (body[name] !== undefined) expect(body[name]).toEqual(value);
        else expect([false, 0, 1, 'auto', true]).toContain(value);
      }
    }),
    { numRuns: 150 },
  );
});

const ASSISTANT = {
  role: 'assistant',
  content: [{ type: 'text', text: 'a', ...MARK }],
  reasoning_content: 'Hm.',
  thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 's' }],
};
const MESSAGES = [{ role: 'developer', content: 'Be brief.', ...MARK }, { role: 'user', content: 'Hi.' }, ASSISTANT];

test.each([
  ['openai', 'developer', []],
  ['deepseek', 'system', ['reasoning_content']],
  ['qwen', 'system', ['cache_control', 'reasoning_content']],
  ['openrouter', 'developer', ['cache_control', 'reasoning_content']],
  ['other', 'developer', ['cache_control', 'reasoning_content']],
  ['none', 'developer', ['cache_control', 'reasoning_content', 'thinking_blocks']],
])('messages reach %s with the role %s and only the fields it knows: %j', async (quirks, role, fields) => {
  const { messages, tools } = await wire(quirks, { tools: [{ type: 'function', function: { name: 'f' }, ...MARK }] }, 'm', MESSAGES);

  const text = JSON.stringify(messages);
  expect(messages.map((message: any) => message.role)).toEqual([role, 'user', 'assistant']);
  expect(['cache_control', 'reasoning_content', 'thinking_blocks'].filter((name) => text.includes(`"${name}"`))).toEqual(fields);
  expect(JSON.stringify(tools).includes('cache_control')).toBe(fields.includes('cache_control'));
});

test.each([
  ['other', { max_tokens: 9, user: 'u' }, ['thinking', 'top_k']],
  ['none', { max_tokens: 9, user: 'u', thinking: { type: 'adaptive' }, top_k: 0 }, []],
])('a chat that came in the format of Anthropic reaches %s with %j', async (quirks, expected, lost) => {
  const params = { max_tokens: 9, user: 'u', thinking: { type: 'adaptive' }, top_k: 0 };
  const call = chatCall('Hi.', { params });
  upstream.answer('m', send(WHOLE, JSON_TYPE));
  await openaiAt(upstream.baseUrl, { options: { quirks } }).text.chat({ ...call, input: { ...call.input, format: 'anthropic' } });

  const { model: _model, messages: _messages, ...rest } = upstream.requests.at(-1)!.body;
  expect(rest).toEqual(expected);
  expect(droppedParams(provider({ options: { quirks } }), 'm', { operation: 'chat', params, format: 'anthropic' })).toEqual(lost);
});

test('a schema that a vendor has no place for is said in words', async () => {
  const { messages } = await wire('deepseek', { response_format: SCHEMA });

  expect(messages).toEqual([
    { role: 'system', content: expect.stringContaining('{"type":"object"}') },
    { role: 'user', content: 'Hi.' },
  ]);
});

test('a model that only streams is asked for a stream, and answers whole', async () => {
  upstream.answer('qwq-plus', send(events(chunk({ role: 'assistant', content: 'Hel' }), chunk({ content: 'lo.' }, 'stop'), '[DONE]')));
  const answer = await openaiAt(upstream.baseUrl, { options: { quirks: 'qwen' } }).text.chat(chatCall('Hi.', { model: 'qwq-plus' }));

  expect(upstream.requests.at(-1)!.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  expect(answer.choices[0]).toMatchObject({ message: { content: 'Hello.' }, finish_reason: 'stop' });
});

/** What clients read of a stream, and of the same whole. */
async function thinking(quirks: string, deltas: readonly object[], message: object) {
  const { text } = openaiAt(upstream.baseUrl, { options: { quirks } });
  upstream.answer('m', send(events(...deltas.map((delta) => chunk(delta)), chunk({}, 'stop'), '[DONE]')));
  const { chunks, onChunk } = collector();
  const streamed = await text.chat(chatCall('Hi.', { onChunk }));
  const whole = { choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }] };
  upstream.answer('m', send(JSON.stringify(whole), JSON_TYPE));
  const answered = await text.chat(chatCall('Hi.'));
  const read = (name: string) => chunks.map(({ choices }) => (choices[0]?.delta as Record<string, string>)[name] ?? '').join('');
  return { streamed: streamed.choices[0], whole: answered.choices[0], content: read('content'), reasoning: read('reasoning_content') };
}

test.each(['openrouter', 'vllm', 'ollama'])('thinking that %s calls reasoning is reasoning_content', async (quirks) => {
  const seen = await thinking(quirks, [{ reasoning: 'Hm' }, { reasoning: 'm.' }, { content: 'Yes.' }], {
    reasoning: 'Hmm.',
    content: 'Yes.',
  });

  expect(seen).toMatchObject({ content: 'Yes.', reasoning: 'Hmm.' });
  for (const choice of [seen.streamed, seen.whole])
    expect(choice).toMatchObject({ message: { content: 'Yes.', reasoning_content: 'Hmm.' } });
});

test('thinking between tags is told from the text, however the stream is cut', async () => {
  const [thought, text] = ['Is 1 < 2? </thin no', 'Yes: a <think> tag.'];
  const said = `\n<think>${thought}</think>\n\n${text}`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: said.length - 1 }), { maxLength: 12 }), async (cuts) => {
      const at = [...new Set([0, ...cuts, said.length])].sort((left, right) => left - right);
      const pieces = at.slice(1).map((end, index) => ({ content: said.slice(at[index], end) }));
      const seen = await thinking('ollama', pieces, { content: said });
      expect(seen).toMatchObject({ content: text, reasoning: thought });
      for (const choice of [seen.streamed, seen.whole])
        expect(choice).toMatchObject({ message: { content: text, reasoning_content: thought } });
    }),
    { numRuns: 60 },
  );
});

test.each([['<thi'], ['a <think>b</think>'], ['<']])('text that only looks like thinking is kept: %j', async (said) => {
  const seen = await thinking(
    'vllm',
    said.match(/./g)!.map((content) => ({ content })),
    { content: said },
  );

  expect(seen).toMatchObject({
    content: said,
    reasoning: '',
    streamed: { message: { content: said } },
    whole: { message: { content: said } },
  });
});
