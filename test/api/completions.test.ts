import type OpenAI from 'openai';
import type { ChatInput } from '../../domain/task/generation';
import { useApi } from './support/api';
import { chunkOf, USAGE } from './support/lane';

const api = useApi();
const ask = { model: 'gpt-test', prompt: 'Say hello.' };

beforeEach(() => {
  api.lane.script = { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() };
});

test('the stock SDK gets a text_completion of a prompt, alone or as the only one of a list', async () => {
  for (const prompt of ['Say hello.', ['Say hello.']]) {
    const { data, response } = await api
      .client()
      .completions.create({ model: 'gpt-test', prompt, temperature: 0, stop: ['END'] })
      .withResponse();

    expect(data).toMatchObject({
      object: 'text_completion',
      model: 'gpt-test',
      usage: USAGE,
      id: response.headers.get('x-atelier-run-id'),
    });
    expect(data.choices).toEqual([{ index: 0, text: 'Hello.', logprobs: null, finish_reason: 'stop' }]);
    const { messages, params } = api.lane.runs.at(-1)!.task.input as ChatInput;
    expect([messages, params]).toEqual([[{ role: 'user', content: 'Say hello.' }], { max_tokens: 16, temperature: 0, stop: ['END'] }]);
  }
});

test('a stream brings the echoed prompt, the text and the usage, and ends', async () => {
  api.lane.script.chunks = [
    chunkOf({ role: 'assistant', content: '' }),
    chunkOf({ content: 'Hel' }),
    chunkOf({ content: 'lo.' }),
    chunkOf({}, 'stop'),
  ];

  const stream = await api.client().completions.create({ ...ask, echo: true, stream: true, stream_options: { include_usage: true } });
  const chunks: OpenAI.Completion[] = [];
  for await (const chunk of stream) chunks.push(chunk);

  expect(chunks.map(({ choices }) => choices[0]?.text)).toEqual(['Say hello.', 'Hel', 'lo.', '', undefined]);
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, 'stop', undefined]);
  expect(chunks.map(({ usage }) => usage)).toEqual([null, null, null, null, USAGE]);
  expect(new Set(chunks.map(({ object, id }) => `${object} ${id}`)).size).toBe(1);
});

test('log probabilities come in the older form', async () => {
  const top = [{ token: 'Hel', logprob: -0.1, bytes: null }];
  api.lane.script.choice = {
    logprobs: {
      content: [
        { token: 'Hel', logprob: -0.1, top_logprobs: top },
        { token: 'lo', logprob: -0.2, top_logprobs: [] },
      ],
    },
  };

  const { choices } = await api.client().completions.create({ ...ask, logprobs: 1 });

  expect(choices[0]?.logprobs).toEqual({
    tokens: ['Hel', 'lo'],
    token_logprobs: [-0.1, -0.2],
    top_logprobs: [{ Hel: -0.1 }, {}],
    text_offset: [0, 3],
  });
  expect((api.lane.runs.at(-1)!.task.input as ChatInput).params).toMatchObject({ logprobs: true, top_logprobs: 1 });
});

test.each<[string, object, string, string]>([
  ['no prompt', { prompt: undefined }, 'missing_required_parameter', 'prompt'],
  ['two prompts', { prompt: ['a', 'b'] }, 'invalid_value', 'prompt'],
  ['a prompt as tokens', { prompt: [1, 2] }, 'invalid_value', 'prompt'],
  ['prompts as tokens', { prompt: [[1, 2]] }, 'invalid_value', 'prompt'],
  ['an object as prompt', { prompt: {} }, 'invalid_type', 'prompt'],
  ['a suffix', { suffix: '.' }, 'unsupported_parameter', 'suffix'],
  ['a best of three', { best_of: 3 }, 'unsupported_parameter', 'best_of'],
  ['log probabilities of an echo', { echo: true, logprobs: 1 }, 'unsupported_parameter', 'logprobs'],
  ['a prompt beyond the window', { prompt: 'x'.repeat(80_000) }, 'context_length_exceeded', 'prompt'],
])('%s is refused by name, and nothing is called', async (_title, changes, code, param) => {
  const runs = api.lane.runs.length;
  const { status, body } = await api.call('POST', '/v1/completions', { body: { ...ask, ...changes } });

  expect([status, body.error.code, body.error.param]).toEqual([400, code, param]);
  expect(api.lane.runs).toHaveLength(runs);
});
