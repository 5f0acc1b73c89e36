import OpenAI from 'openai';
import { startAtelier, type TestAtelier } from '../support/stack';

let atelier: TestAtelier;
let client: OpenAI;

beforeAll(async () => {
  atelier = await startAtelier();
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production });
}, 120_000);
afterAll(async () => {
  await atelier.stop();
}, 60_000);

const messages = [{ role: 'user' as const, content: 'Say hello.' }];

async function task(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(`${atelier.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${atelier.keys.production}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

test('a chat goes through lane and provider, and is a task that is settled', async () => {
  const { data, response } = await client.chat.completions.create({ model: 'sandbox-text', messages }).withResponse();

  const stored = await task('GET', `/tasks/${data.id}`);
  expect(response.headers.get('x-atelier-run-id')).toBe(data.id);
  expect(stored).toMatchObject({
    status: 'succeeded',
    progress: 1,
    text: data.choices[0]?.message.content,
    cost: { actual: '0', reserved: '0' },
  });
  expect(stored.routing.attempts).toMatchObject([{ n: 1, provider: 'sandbox', outcome: 'succeeded' }]);
});

test('a streamed chat gives the same text as a whole one, with usage', async () => {
  const whole = await client.chat.completions.create({ model: 'sandbox-text', messages, temperature: 0 });
  const stream = await client.chat.completions.create({
    model: 'sandbox-text',
    messages,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  });

  let text = '';
  let usage: unknown;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }

  expect(text).toBe(whole.choices[0]?.message.content);
  expect(usage).toEqual(whole.usage);
});

test('a text task in the background is finished by its owner', async () => {
  const done = await task(
    'POST',
    '/tasks',
    { type: 'text', model: 'sandbox-text', input: { prompt: 'Say hello.' } },
    { prefer: 'wait=30' },
  );

  expect(done).toMatchObject({ status: 'succeeded', progress: 1 });
  expect(done.text.length).toBeGreaterThan(0);
});

test('an image task is made, kept and readable through the api', async () => {
  const done = await task(
    'POST',
    '/tasks',
    { type: 'image', model: 'sandbox-image', input: { prompt: 'A red fox.' }, output: { size: '256x256' } },
    { prefer: 'wait=40' },
  );

  expect(done).toMatchObject({ status: 'succeeded', outputs: [{ kind: 'image', width: 256, height: 256 }] });
  const content = await fetch(done.links.result, { headers: { authorization: `Bearer ${atelier.keys.production}` } });
  expect([content.status, Number(content.headers.get('content-length'))]).toEqual([200, done.outputs[0].bytes]);
  await content.arrayBuffer();
});
