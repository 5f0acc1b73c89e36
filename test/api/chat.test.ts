import OpenAI from 'openai';
import type { TaskError } from '../../domain/task/task';
import { eventually } from '../support/eventually';
import { KEYS, useApi } from './support/api';
import { chunkOf, USAGE } from './support/lane';

const api = useApi();
const messages = [{ role: 'user' as const, content: 'Say hello.' }];

const UNAVAILABLE: TaskError = {
  code: 'provider_unavailable',
  message: 'No provider of this model could be reached.',
  retryable: true,
  providerCode: null,
  providerMessage: null,
  param: null,
};

async function readAll(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<readonly OpenAI.ChatCompletionChunk[]> {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

beforeEach(() => {
  api.lane.script = { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() };
});

test('the stock SDK gets its completion, named by the run', async () => {
  const { data, response } = await api.client().chat.completions.create({ model: 'gpt-test', messages }).withResponse();

  expect(data.choices[0]?.message.content).toBe('Hello.');
  expect(data.id).toBe(response.headers.get('x-atelier-run-id'));
  expect(response.headers.get('x-atelier-provider')).toBe('fake');
  expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/);
});

test('a stream has one id, its role first, the usage when asked for, and ends with [DONE]', async () => {
  api.lane.script.chunks = [chunkOf({ content: 'Hel' }), chunkOf({ content: 'lo.' }), chunkOf({}, 'stop'), { choices: [], usage: USAGE }];

  const answer = await api.call('POST', '/v1/chat/completions', {
    body: { model: 'gpt-test', messages, stream: true, stream_options: { include_usage: true } },
  });

  const lines = answer.text.split('\n\n').filter((line) => line !== '');
  const chunks = lines.slice(0, -1).map((line) => JSON.parse(line.replace('data: ', '')));
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(lines.at(-1)).toBe('data: [DONE]');
  expect(chunks.map((chunk) => chunk.choices[0]?.delta)).toEqual([
    { role: 'assistant', content: '' },
    { content: 'Hel' },
    { content: 'lo.' },
    {},
    undefined,
  ]);
  expect(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.model} ${chunk.created}`)).size).toBe(1);
  expect(chunks[0].id).toBe(answer.headers.get('x-atelier-run-id'));
  expect(chunks[0].model).toBe('gpt-test');
  expect(chunks.map((chunk) => chunk.usage)).toEqual([null, null, null, null, USAGE]);
});

test('a stream without include_usage has no usage at all', async () => {
  api.lane.script.chunks = [chunkOf({ role: 'assistant', content: 'Hi' }), { ...chunkOf({}, 'stop'), usage: USAGE }];

  const stream = await api.client().chat.completions.create({ model: 'gpt-test', messages, stream: true });
  const chunks = await readAll(stream);

  expect(chunks).toHaveLength(2);
  expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
});

test('a run that came whole is streamed all the same', async () => {
  const stream = await api.client().chat.completions.create({ model: 'gpt-test', messages, stream: true });
  const deltas: string[] = [];
  for await (const chunk of stream) deltas.push(chunk.choices[0]?.delta.content ?? '');

  expect(deltas.join('')).toBe('Hello.');
});

test('a failure before the first chunk is a plain HTTP error that must not be repeated blindly', async () => {
  api.lane.script.error = UNAVAILABLE;
  const runs = api.lane.runs.length;

  const failure = await api
    .client()
    .chat.completions.create({ model: 'gpt-test', messages, stream: true })
    .catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(OpenAI.InternalServerError);
  const { status, code, headers } = failure as InstanceType<typeof OpenAI.APIError>;
  expect([status, code, headers?.get('x-should-retry')]).toEqual([503, 'provider_unavailable', 'false']);
  expect(headers?.get('x-atelier-run-id')).toMatch(/^task_/);
  expect(api.lane.runs).toHaveLength(runs + 1);
});

test('a failure after the first chunk ends the stream with an error event', async () => {
  api.lane.script = { ...api.lane.script, chunks: [chunkOf({ content: 'Hel' })], error: { ...UNAVAILABLE, code: 'stream_interrupted' } };

  const stream = await api.client().chat.completions.create({ model: 'gpt-test', messages, stream: true });

  await expect(readAll(stream)).rejects.toMatchObject({ code: 'stream_interrupted' });
});

test('a client that leaves ends the call', async () => {
  let release = (): void => undefined;
  api.lane.script.gate = new Promise((resolve) => (release = resolve));
  api.lane.script.chunks = [chunkOf({ content: 'Hel' })];

  const stream = await api.client().chat.completions.create({ model: 'gpt-test', messages, stream: true });
  await stream[Symbol.asyncIterator]().next();
  stream.controller.abort();

  const id = api.lane.runs.at(-1)!.task.id;
  await eventually(() => api.lane.abandoned.includes(id), { withinMs: 5_000 });
  release();
});

test('tools, n and unknown fields travel to the provider', async () => {
  const tools = [{ type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } }];

  await api.client().chat.completions.create({ model: 'gpt-test', messages, tools, n: 2, seed: 0, made_up: { deep: [1] } } as never);

  const { input } = api.lane.runs.at(-1)!.task;
  expect(input).toEqual({ operation: 'chat', messages, params: { tools, n: 2, seed: 0, made_up: { deep: [1] } } });
});

test('parallel requests with one Idempotency-Key make one run and the same answer', async () => {
  const runs = api.lane.runs.length;
  const headers = { 'idempotency-key': 'parallel-1' };

  const answers = await Promise.all(
    Array.from({ length: 6 }, () => api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages }, headers })),
  );

  expect(api.lane.runs).toHaveLength(runs + 1);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(5);
});

test('a repeat in flight is answered as soon as the first request is', async () => {
  const lags: number[] = [];
  const looks = jest.spyOn(api.database.tasks, 'versions');
  for (const round of [1, 2, 3, 4]) {
    let open = (): void => undefined;
    api.lane.script.gate = new Promise((resolve) => (open = resolve));
    const request = {
      body: { model: 'gpt-test', messages, stream: round % 2 === 0 },
      headers: { 'idempotency-key': `in-flight-${round}` },
    };
    const runs = api.lane.runs.length;
    const first = api.call('POST', '/v1/chat/completions', request);
    await eventually(() => api.lane.runs.length > runs, { withinMs: 5_000 });
    const repeat = api.call('POST', '/v1/chat/completions', request);
    // It waits once it has looked and found the first one running.
    await eventually(() => looks.mock.calls.some(([ids]) => ids.includes(api.lane.runs.at(-1)!.task.id)), { withinMs: 5_000 });
    open();
    await first;
    const since = performance.now();
    expect((await repeat).headers.get('idempotent-replayed')).toBe('true');
    lags.push(performance.now() - since);
  }
  looks.mockRestore();
  expect(Math.max(...lags)).toBeLessThan(1_000);
});

test('a repeated streamed request is streamed again from the stored answer', async () => {
  const request = { body: { model: 'gpt-test', messages, stream: true }, headers: { 'idempotency-key': 'streamed-1' } };
  await api.call('POST', '/v1/chat/completions', request);
  const runs = api.lane.runs.length;

  const again = await api.call('POST', '/v1/chat/completions', request);

  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.text).toContain('"content":"Hello."');
  expect(again.text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  expect(api.lane.runs).toHaveLength(runs);
});

test('a repeated failure is answered with the same error', async () => {
  api.lane.script.error = UNAVAILABLE;
  const request = { body: { model: 'gpt-test', messages }, headers: { 'idempotency-key': 'failed-1' } };
  const first = await api.call('POST', '/v1/chat/completions', request);

  const again = await api.call('POST', '/v1/chat/completions', request);

  const withoutId = (text: string): string => text.replace(/ \(request id: req_\w+\)/, '');
  expect([again.status, withoutId(again.text)]).toEqual([503, withoutId(first.text)]);
  expect(again.headers.get('x-atelier-run-id')).toBe(first.headers.get('x-atelier-run-id'));
});

test('one Idempotency-Key with another body is refused', async () => {
  const headers = { 'idempotency-key': 'reused-1' };
  await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages }, headers });

  const answer = await api.call('POST', '/v1/chat/completions', { body: { model: 'gpt-test', messages, n: 2 }, headers });

  expect([answer.status, answer.body.error.code]).toEqual([422, 'idempotency_key_reuse']);
  expect(answer.headers.get('x-should-retry')).toBe('false');
});

test('a request over the budget is refused, stored as failed, and calls nobody', async () => {
  const runs = api.lane.runs.length;

  const answer = await api.call('POST', '/v1/chat/completions', {
    key: KEYS.poor,
    body: { model: 'gpt-test', messages, max_completion_tokens: 7_000 },
  });

  expect([answer.status, answer.body.error.code, answer.body.error.type]).toEqual([429, 'insufficient_quota', 'insufficient_quota']);
  expect(answer.headers.get('x-should-retry')).toBe('false');
  const task = await api.call('GET', `/v1/tasks/${answer.headers.get('x-atelier-run-id')}`);
  expect([task.body.status, task.body.error.code, task.body.cost.reserved]).toEqual(['failed', 'insufficient_quota', '0']);
  expect(api.lane.runs).toHaveLength(runs);
});

test('embeddings come as the SDK asks for them', async () => {
  const answer = await api.client().embeddings.create({ model: 'embed-test', input: ['a', 'b'] });

  expect(answer.data[0]?.embedding).toEqual([1, 2]);
  expect(api.lane.runs.at(-1)!.task.input).toEqual({ operation: 'embedding', input: ['a', 'b'], params: { encoding_format: 'base64' } });
});
