import OpenAI from 'openai';
import { createOpenAiLab } from '../lab/openai';
import { startLab, type Lab } from '../lab/lab';
import { startAtelier, type TestAtelier } from '../support/stack';

let atelier: TestAtelier;
let lab: Lab;
let client: OpenAI;
let stop = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  lab = await startLab([createOpenAiLab()]);
  stop = () => lab.close();
  atelier = await startAtelier({
    config: `providers:
  - { name: sandbox, kind: sandbox }
  - { name: upstream, kind: openai, base_url: "${lab.url('openai')}/v1", api_key: "\${LAB_KEY}" }
models:
  - { name: sandbox-text, modality: text, price: free, capabilities: { tools: true }, routes: [{ provider: sandbox, model: sandbox-text }] }
  - { name: moderator, modality: text, price: free, routes: [{ provider: sandbox, model: sandbox-moderation }] }
  - name: omni-moderation-latest
    modality: text
    price: { per_call_usd: "0.001" }
    capabilities: { moderations: true }
    routes: [{ provider: upstream, model: omni-moderation-latest }]
`,
    env: { LAB_KEY: 'lab-key' },
  });
  stop = async () => {
    await atelier.stop();
    await lab.close();
  };
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production, maxRetries: 0 });
}, 150_000);
afterEach(() => lab.reset());
afterAll(() => stop(), 60_000);

async function taskOf(response: Response) {
  const id = response.headers.get('x-atelier-run-id')!;
  const found = await fetch(`${atelier.baseUrl}/tasks/${id}`, { headers: { authorization: `Bearer ${atelier.keys.production}` } });
  return (await found.json()) as Record<string, any>;
}

function failure(promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  return promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
  );
}

describe('moderations', () => {
  test('texts and parts are moderated by the default model, and each request is a task that is paid for', async () => {
    const { data, response } = await client.moderations.create({ input: ['I hate you', 'Hello'] }).withResponse();
    const parts = await client.moderations.create({
      model: 'omni-moderation-latest',
      input: [
        { type: 'text', text: 'kill' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    });

    expect(data.results.map(({ flagged }) => flagged)).toEqual([true, false]);
    expect(data).toMatchObject({ id: expect.stringMatching(/^task_/), model: 'omni-moderation-latest' });
    expect(parts.results).toMatchObject([{ flagged: true, categories: { violence: true } }]);
    const task = await taskOf(response);
    expect(task).toMatchObject({ status: 'succeeded', type: 'text', cost: { actual: '0.001' }, input: { input: ['I hate you', 'Hello'] } });
    expect(response.headers.get('x-atelier-provider')).toBe('upstream');
  });

  test('the sandbox moderates, and a repeat by its Idempotency-Key is answered from what is stored', async () => {
    const ask = () =>
      client.moderations
        .create({ model: 'moderator', input: 'I will kill it' }, { headers: { 'idempotency-key': 'moderate-once' } })
        .withResponse();
    const [first, second] = [await ask(), await ask()];

    expect(first.data.results[0]).toMatchObject({ flagged: true, categories: { violence: true, hate: false } });
    expect(second.data).toEqual(first.data);
    expect(second.response.headers.get('idempotent-replayed')).toBe('true');
  });

  test('a provider that fails once is asked again, and its refusal is told', async () => {
    lab.arm('openai', 'error_500');
    const { results } = await client.moderations.create({ input: 'Hello' });
    expect(results[0]!.flagged).toBe(false);

    lab.arm('openai', 'refuse');
    const refused = await failure(client.moderations.create({ input: 'Hello' }));
    expect(refused.status).toBe(400);
    expect(refused.headers?.get('x-should-retry')).toBe('false');
  });

  test('a model for something else is refused here, and a moderation model at chats, each naming the right endpoint', async () => {
    const chat = await failure(client.moderations.create({ model: 'sandbox-text', input: 'Hello' }));
    const moderator = await failure(
      client.chat.completions.create({ model: 'omni-moderation-latest', messages: [{ role: 'user', content: 'Hello' }] }),
    );
    const bySandbox = await failure(client.chat.completions.create({ model: 'moderator', messages: [{ role: 'user', content: 'Hello' }] }));

    expect(chat).toMatchObject({ status: 400, param: 'model', message: expect.stringContaining('POST /v1/chat/completions') });
    expect(moderator).toMatchObject({ status: 400, param: 'model', message: expect.stringContaining('POST /v1/moderations') });
    expect(bySandbox.message).toContain('POST /v1/moderations');
  });

  test.each([[{}], [{ input: 3 }], [{ input: [] }], [{ input: [{ type: 'sound' }] }]])('%j is refused, naming input', async (body) => {
    const { status, param } = await failure(client.post('/moderations', { body }));
    expect([status, param]).toEqual([400, expect.stringMatching(/^input/)]);
  });
});
