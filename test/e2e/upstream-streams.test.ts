import { request as httpRequest, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { judgeAll } from '../provider/judges';
import { eventually } from '../support/eventually';
import { chunk, events, send, startRawUpstream, streamOf, type RawUpstream } from '../support/raw-upstream';
import { startAtelier, type TestAtelier } from '../support/stack';

let upstream: RawUpstream;
let atelier: TestAtelier;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startRawUpstream();
  const models = ['m', 'broken', 'embed', 'no-usage'].map(
    (name) => `  - name: ${name}
    modality: text
    price: { input_per_1m_usd: '1', cached_input_per_1m_usd: '0.1', output_per_1m_usd: '10' }
    routes: [{ provider: up, model: ${name}, priority: 1 }, { provider: up, model: ${name}-next }]
    retries: { per_route: 1 }`,
  );
  atelier = await startAtelier({
    config: `providers:\n  - { name: up, kind: openai, base_url: '${upstream.baseUrl}' }\nmodels:\n${models.join('\n')}`,
  });
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production, maxRetries: 0 });
}, 150_000);
afterEach(() => void upstream.requests.splice(0));
afterAll(async () => {
  await atelier.stop();
  await upstream.close();
}, 60_000);

const messages = [{ role: 'user' as const, content: 'Go.' }];
const headers = (more: Record<string, string> = {}): Record<string, string> => ({
  authorization: `Bearer ${atelier.keys.production}`,
  'content-type': 'application/json',
  ...more,
});

async function ask(
  body: object,
  more?: Record<string, string>,
): Promise<{ readonly status: number; readonly text: string; readonly taskId: string }> {
  const response = await fetch(`${atelier.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: headers(more),
    body: typeof body === 'string' ? body : JSON.stringify({ model: 'm', messages, ...body }),
  });
  return { status: response.status, text: await response.text(), taskId: response.headers.get('x-atelier-run-id') ?? '' };
}

async function taskOf(id: string): Promise<any> {
  return (await fetch(`${atelier.baseUrl}/tasks/${id}`, { headers: headers() })).json();
}

const dataOf = (text: string): any[] =>
  text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)));

test('one call whose name comes again and again is one call for the official clients', async () => {
  const piece = (fields: object): object => ({ tool_calls: [{ index: 0, ...fields }] });
  upstream.answer(
    'm',
    streamOf([
      piece({ id: 'abc', function: { name: 'f', arguments: '' } }),
      piece({ function: { name: 'f', arguments: '{"x"' } }),
      piece({ function: { name: 'f', arguments: ':1}' } }),
      { function_call: { name: '', arguments: '' } },
    ]),
  );

  const seen = await judgeAll({ baseUrl: atelier.baseUrl, apiKey: atelier.keys.production }, 'm');

  for (const one of Object.values(seen))
    expect(one).toMatchObject({ calls: [{ id: 'abc', name: 'f', args: { x: 1 } }], finish: 'tool_calls' });
});

test('a stream whose finish reasons are empty and that just ends is interrupted', async () => {
  upstream.answer('m', send(events(chunk({ content: 'Hel' }, ''), chunk({ content: 'lo' }, ''))));

  const { text, taskId } = await ask({ stream: true });

  const data = dataOf(text);
  expect(data.slice(0, 2).map((one) => one.choices[0].finish_reason)).toEqual([null, null]);
  expect([data.at(-1).error.code, text.includes('[DONE]')]).toEqual(['stream_interrupted', false]);
  expect(await taskOf(taskId)).toMatchObject({ status: 'failed', error: { code: 'stream_interrupted' } });
});

test('a stream without a finish reason before [DONE] is whole for every client', async () => {
  upstream.answer('m', send(events(chunk({ content: 'Hello.' }), '[DONE]')));

  const seen = await judgeAll({ baseUrl: atelier.baseUrl, apiKey: atelier.keys.production }, 'm');

  for (const one of Object.values(seen)) expect(one).toEqual({ text: 'Hello.', calls: [], finish: 'stop' });
});

test('an error before the first token goes to the next route, or is an HTTP status with the words of the provider', async () => {
  upstream.answer('broken', send(events(chunk({ role: 'assistant', content: '' }), { error: { message: 'No.', code: 503 } })));
  upstream.answer('broken-next', streamOf([{ content: 'Next.' }]));
  const served = await ask({ model: 'broken', stream: true });
  upstream.answer('broken-next', send(gzipSync('{"error":{"message":"Too hot."}}'), { 'content-encoding': 'gzip' }, 400));
  const refused = await ask({ model: 'broken', stream: true });

  expect([served.status, dataOf(served.text).some((one) => one.choices[0].delta.content === 'Next.')]).toEqual([200, true]);
  expect([refused.status, JSON.parse(refused.text).error.message]).toEqual([400, expect.stringContaining('Too hot.')]);
});

test('an event of 9 MiB is delivered though the upstream ends a little later, and the task succeeds', async () => {
  const url = `data:image/png;base64,${'A'.repeat(9 * 1024 * 1024)}`;
  let finish = (): void => undefined;
  upstream.answer('m', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(events(chunk({ images: [{ type: 'image_url', image_url: { url } }] })));
    finish = () =>
      void response.end(events(chunk({}, 'stop'), { choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } }, '[DONE]'));
  });
  const response = await fetch(`${atelier.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ model: 'm', messages, stream: true }),
  });
  let received = 0;
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    received += bytes.length;
    text += decoder.decode(bytes, { stream: true });
    if (received > url.length) finish();
  }

  expect(dataOf(text).some((one) => one.choices[0]?.delta.images?.[0].image_url.url.length === url.length)).toBe(true);
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  expect(await taskOf(response.headers.get('x-atelier-run-id')!)).toMatchObject({ status: 'succeeded', cost: { actual: '0.00006' } });
});

test('large events that come all at once are delivered, and replayed', async () => {
  const large = 'A'.repeat(9 * 1024 * 1024);
  const of = (index: number): object => ({ choices: [{ index, delta: { content: large }, finish_reason: 'stop' }] });
  upstream.answer('m', send(events(of(0), of(1), '[DONE]')));
  const key = { 'idempotency-key': 'large-1' };

  const answers = [await ask({ stream: true, n: 2 }, key), await ask({ stream: true, n: 2 }, key)];

  const contents = answers.map(({ text }) =>
    dataOf(text)
      .flatMap((one) => one.choices)
      .map(({ index, delta }) => [index, delta.content?.length ?? 0])
      .filter(([, length]) => length > 0),
  );
  expect(contents).toEqual(
    Array(2).fill([
      [0, large.length],
      [1, large.length],
    ]),
  );
  expect(answers.map(({ text }) => text.endsWith('data: [DONE]\n\n'))).toEqual([true, true]);
  expect(upstream.requests).toHaveLength(1);
});

test('a client that reads slowly gets everything, and the provider is slowed down meanwhile', async () => {
  // More than the buffers of the two connections between can take in, which grow up to 32 MiB on one that was used before.
  const deltas = Array.from({ length: 116 }, (_, index) => ({ content: `${index}`.padStart(512 * 1024, 'x') }));
  let sent = 0;
  upstream.answer('m', async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const delta of deltas) {
      if (!response.write(events(chunk(delta)))) await new Promise((resolve) => response.once('drain', resolve));
      sent += 1;
    }
    response.end(events(chunk({}, 'stop'), '[DONE]'));
  });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = httpRequest(`${atelier.baseUrl}/chat/completions`, { method: 'POST', headers: headers() }, resolve);
    asked.on('error', reject).end(JSON.stringify({ model: 'm', messages, stream: true }));
  });
  // Nothing is read here: what is sent comes to a stop.
  let before = -1;
  await eventually(
    () => {
      const isStill = sent > 0 && sent === before;
      before = sent;
      return isStill;
    },
    { withinMs: 20_000, everyMs: 500 },
  );
  const sentUnread = sent;
  let bytes = 0;
  for await (const piece of answer) bytes += (piece as Buffer).length;

  expect(sentUnread).toBeLessThan(deltas.length);
  expect(bytes).toBeGreaterThan(deltas.length * 512 * 1024);
  expect((await taskOf(String(answer.headers['x-atelier-run-id']))).status).toBe('succeeded');
});

test('fields beside choices are in whole answers, streams and their replays', async () => {
  const beside = { citations: ['https://a'], search_results: [{ title: 'A' }] };
  const whole = { id: 'c', choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }], ...beside };
  upstream.answer(
    'm',
    send(JSON.stringify(whole), {}),
    send(events(chunk({ content: 'x' }), { choices: [], ...beside }, chunk({}, 'stop'), '[DONE]')),
  );
  const atOnce = { 'idempotency-key': 'beside-1' };
  const streamed = { 'idempotency-key': 'beside-2' };

  const answers = [await ask({}, atOnce), await ask({}, atOnce)].map(({ text }) => JSON.parse(text));
  const streams = [await ask({ stream: true }, streamed), await ask({ stream: true }, streamed)].map(({ text }) =>
    Object.assign({}, ...dataOf(text)),
  );

  for (const one of [...answers, ...streams]) expect(one).toMatchObject(beside);
  expect(upstream.requests).toHaveLength(2);
});

test('a server that refuses stream_options streams all the same, and its usage is estimated', async () => {
  const refusal = send('{"detail":[{"loc":["body","stream_options"],"msg":"extra fields not permitted"}]}', {}, 422);
  upstream.answer('no-usage', refusal, streamOf([{ content: 'Hello.' }]));

  const runs = [await ask({ model: 'no-usage', stream: true }), await ask({ model: 'no-usage', stream: true })];

  expect(runs.map(({ status }) => status)).toEqual([200, 200]);
  expect(upstream.requests.map(({ body }) => 'stream_options' in body)).toEqual([true, false, false]);
  expect(await taskOf(runs[0]!.taskId)).toMatchObject({ status: 'succeeded', usage: { estimated: true } });
});

test('openai-node gets the vectors that the server sent in the other encoding', async () => {
  const vector = [1, -0.5, 0.25];
  const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  const data = (embedding: unknown): string =>
    JSON.stringify({ data: [{ object: 'embedding', index: 0, embedding }], usage: { prompt_tokens: 1, total_tokens: 1 } });
  upstream.answer('embed', send(data(vector), {}), send(data(base64), {}));

  const usual = await client.embeddings.create({ model: 'embed', input: 'a' });
  const floats = await client.embeddings.create({ model: 'embed', input: 'a', encoding_format: 'float' });

  expect([usual.data[0]?.embedding, floats.data[0]?.embedding]).toEqual([vector, vector]);
});

test('whole numbers beyond 2^53 reach the provider as they were written, and are shown so', async () => {
  upstream.answer('m', streamOf([{ content: 'x' }]));
  const numbers = '"seed":9223372036854775807,"made_up":[-9007199254740993,{"deep":12345678901234567890}],"text":"9007199254740993"';

  const { taskId } = await ask(
    `{"model":"m","messages":[{"role":"user","content":"\\"seed\\": 9007199254740993, \\\\"}],${numbers}}` as never,
  );
  const shown = await (await fetch(`${atelier.baseUrl}/tasks/${taskId}`, { headers: headers() })).text();

  expect(upstream.requests[0]?.text).toContain(numbers);
  expect(upstream.requests[0]?.body['messages'][0].content).toBe('"seed": 9007199254740993, \\');
  expect([shown.includes('9223372036854775807'), shown.includes('"9223372036854775807"')]).toEqual([true, false]);
});
