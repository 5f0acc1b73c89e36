import OpenAI from 'openai';
import { createOpenAiLab } from '../lab/openai';
import { startLab, type Lab } from '../lab/lab';
import { startGate, type Gate } from '../support/gate';
import { suiteValue } from '../support/suite-environment';
import { startAtelier, type TestAtelier } from '../support/stack';
import { failure, transcriptionTests } from './support/transcriptions';

let atelier: TestAtelier;
let lab: Lab;
let client: OpenAI;
/** Between the installation and the suite's S3. */
let s3: Gate;
let stop = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  lab = await startLab([createOpenAiLab()]);
  s3 = await startGate(new URL(suiteValue('s3Endpoint')).host);
  stop = async () => {
    await s3.close();
    await lab.close();
  };
  atelier = await startAtelier({
    config: `providers:
  - { name: sandbox, kind: sandbox }
  - { name: upstream, kind: openai, base_url: "${lab.url('openai')}/v1", api_key: "\${LAB_KEY}", breaker: { failures: 1000 } }
models:
  - { name: sandbox-text, modality: text, price: free, capabilities: { tools: true }, routes: [{ provider: sandbox, model: sandbox-text }] }
  - { name: moderator, modality: text, price: free, routes: [{ provider: sandbox, model: sandbox-moderation }] }
  - name: omni-moderation-latest
    modality: text
    price: { per_call_usd: "0.001" }
    capabilities: { moderations: true }
    routes: [{ provider: upstream, model: omni-moderation-latest }]
  - { name: reader, modality: text, price: free, capabilities: { speech: true }, routes: [{ provider: sandbox, model: sandbox-speech }] }
  - { name: tts, modality: text, price: { per_1m_characters_usd: "15" }, routes: [{ provider: upstream, model: tts-1 }] }
  - name: gpt-4o-mini-tts
    modality: text
    price: { input_per_1m_usd: "0.6", output_per_1m_usd: "12" }
    capabilities: { speech: true }
    routes: [{ provider: upstream, model: gpt-4o-mini-tts }]
  - { name: whisper, modality: text, price: { per_minute_usd: "0.006" }, routes: [{ provider: upstream, model: whisper-1 }] }
  - name: gpt-4o-transcribe
    modality: text
    price: { input_per_1m_usd: "2.5", output_per_1m_usd: "10" }
    capabilities: { transcriptions: true }
    routes: [{ provider: upstream, model: gpt-4o-transcribe, priority: 10 }, { provider: sandbox, model: sandbox-transcription }]
  - { name: scribe, modality: text, price: free, capabilities: { transcriptions: true }, routes: [{ provider: sandbox, model: sandbox-transcription }] }
  - name: tts-with-fallback
    modality: text
    price: { per_call_usd: "0.01" }
    capabilities: { speech: true }
    routes: [{ provider: upstream, model: gpt-4o-mini-tts, priority: 10 }, { provider: sandbox, model: sandbox-speech }]
`,
    env: { LAB_KEY: 'lab-key', S3_ENDPOINT: `http://127.0.0.1:${s3.port}` },
  });
  stop = async () => {
    await atelier.stop();
    await s3.close();
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

describe('speech', () => {
  test('comes as real sound in each format, the same each time, and is kept as an output of its task', async () => {
    const begins: Readonly<Record<string, RegExp>> = {
      mp3: /^(ID3|\xff[\xf2\xf3\xfa\xfb])/,
      opus: /^OggS/,
      aac: /^\xff\xf1/,
      flac: /^fLaC/,
      wav: /^RIFF/,
      pcm: /^/,
    };
    const types: string[] = [];
    for (const [response_format, begin] of Object.entries(begins) as ['mp3', RegExp][]) {
      const ask = () =>
        client.audio.speech.create({ model: 'reader', voice: 'alloy', input: 'Fresh bread, every morning.', response_format });
      const [first, second] = [await ask(), await ask()];
      const bytes = Buffer.from(await first.arrayBuffer());

      expect(bytes.toString('latin1')).toMatch(begin);
      expect(bytes.length).toBeGreaterThan(1_000);
      expect(Buffer.from(await second.arrayBuffer()).equals(bytes)).toBe(true);
      types.push(first.headers.get('content-type')!);
      const task = await taskOf(first);
      expect(task).toMatchObject({
        status: 'succeeded',
        input: { input: 'Fresh bread, every morning.', voice: 'alloy' },
        usage: { characters: 27 },
      });
      expect(task['outputs']).toMatchObject([{ kind: 'audio', bytes: bytes.length, content_type: expect.stringMatching(/^audio\//) }]);
      const kept = await fetch(task['outputs'][0].url);
      expect(Buffer.from(await kept.arrayBuffer()).equals(bytes)).toBe(true);
    }
    expect(types).toEqual(['audio/mpeg', 'audio/ogg', 'audio/aac', 'audio/flac', 'audio/wav', 'audio/pcm']);
  });

  test('is paid by the character, by the tokens that are reported, or by the call; unknown fields reach the provider', async () => {
    const plain = await client.audio.speech.create({ model: 'tts', voice: 'alloy', input: 'Good morning, 世界' });
    const events = await client.audio.speech.create({
      model: 'gpt-4o-mini-tts',
      voice: { id: 'voice_1' },
      input: 'Hello',
      stream_format: 'sse',
    });
    await plain.arrayBuffer();
    const said = (await events.text()).split('\n\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line.replace(/^data: /, ''))]));

    expect(await taskOf(plain)).toMatchObject({ cost: { actual: '0.00024', lines: [{ item: 'characters', quantity: 16 }] } });
    expect(said.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { input_tokens: 2, output_tokens: 50 } });
    expect(said[0]).toMatchObject({ type: 'speech.audio.delta', audio: expect.any(String) });
    expect(await taskOf(events)).toMatchObject({
      usage: { input_tokens: 2, output_tokens: 50, estimated: false },
      outputs: [{ kind: 'audio' }],
    });
    const odd = await failure(client.audio.speech.create({ model: 'tts', voice: 'alloy', input: 'Hello', emotion: 'joy' } as never));
    expect(odd).toMatchObject({ status: 400, message: expect.stringContaining('emotion') });
  });

  test('a repeat by its Idempotency-Key has the same sound, and another text under the key is refused', async () => {
    const ask = (input: string) =>
      client.audio.speech.create({ model: 'reader', voice: 'alloy', input }, { headers: { 'idempotency-key': 'read-once' } });
    const [first, second] = [await ask('Once.'), await ask('Once.')];

    expect(Buffer.from(await second.arrayBuffer()).equals(Buffer.from(await first.arrayBuffer()))).toBe(true);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('x-atelier-run-id')).toBe(first.headers.get('x-atelier-run-id'));
    expect((await failure(ask('Twice.'))).code).toBe('idempotency_key_reuse');
  });

  test.each(['overloaded', 'wrong_type', 'malformed', 'empty', 'cut_before'])(
    'the next route reads it when the first one fails by %s',
    async (fault) => {
      for (let index = 0; index < 2; index += 1) lab.arm('openai', fault);
      const answer = await client.audio.speech.create({ model: 'tts-with-fallback', voice: 'alloy', input: `Hello ${fault}` });

      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(500);
      expect(answer.headers.get('x-atelier-provider')).toBe('sandbox');
      expect(await taskOf(answer)).toMatchObject({ status: 'succeeded', cost: { actual: '0.01' } });
    },
  );

  test('a sound that breaks off is not taken for whole, and ends its task', async () => {
    lab.arm('openai', 'cut_in_body');
    const answer = await client.audio.speech.create({ model: 'tts-with-fallback', voice: 'alloy', input: 'A long text. '.repeat(40) });

    await expect(answer.arrayBuffer()).rejects.toThrow();
    expect(await taskOf(answer)).toMatchObject({ status: 'failed', error: { code: 'stream_interrupted' } });
  });

  test.each(['refusing', 'silent'] as const)(
    'is paid once, delivered and kept while S3 is %s, and read from where it waits',
    async (state) => {
      await s3.become(state);
      const input = `While S3 is ${state}.`;
      const ask = () =>
        client.audio.speech.create({ model: 'tts', voice: 'alloy', input }, { headers: { 'idempotency-key': `speech-${state}` } });
      const before = lab.requests('openai').length;
      const answer = await ask();
      const bytes = Buffer.from(await answer.arrayBuffer());
      const task = await taskOf(answer);

      expect(bytes.length).toBeGreaterThan(500);
      expect(task).toMatchObject({
        status: 'succeeded',
        cost: { actual: String((input.length * 15) / 1_000_000), reserved: '0' },
        outputs: [{ kind: 'audio', bytes: bytes.length, content_type: 'audio/mpeg' }],
      });
      await s3.become('open');
      const again = await ask();
      expect(Buffer.from(await again.arrayBuffer()).equals(bytes)).toBe(true);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      const part = await fetch(task['outputs'][0].url, { headers: { range: 'bytes=0-99' } });
      expect([part.status, Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(0, 100))]).toEqual([206, true]);
      expect(lab.requests('openai').length).toBe(before + 1);
    },
    60_000,
  );

  test('what is wrong is refused with its name, and a chat model with the right endpoint', async () => {
    const body = { model: 'reader', voice: 'alloy', input: 'Hello' };
    for (const [param, value] of [
      ['input', ''],
      ['input', 3],
      ['voice', 3],
      ['speed', 9],
      ['response_format', 'midi'],
      ['stream_format', 'x'],
    ] as const) {
      expect(await failure(client.post('/audio/speech', { body: { ...body, [param]: value } }))).toMatchObject({ status: 400, param });
    }
    const chat = await failure(client.audio.speech.create({ ...body, model: 'sandbox-text' }));
    const speech = await failure(client.chat.completions.create({ model: 'tts', messages: [{ role: 'user', content: 'Hello' }] }));
    expect(chat.message).toContain('POST /v1/chat/completions');
    expect(speech.message).toContain('POST /v1/audio/speech');
  });

  test('is read again by a replay, as a task in the background', async () => {
    const first = await client.audio.speech.create({ model: 'reader', voice: 'alloy', input: 'Once more.', response_format: 'wav' });
    const bytes = await first.arrayBuffer();
    const id = first.headers.get('x-atelier-run-id')!;
    const replayed = (await client.post(`/tasks/${id}/replay`, { headers: { prefer: 'wait=20' } })) as Record<string, any>;

    expect(replayed).toMatchObject({ status: 'succeeded', replay_of: id, outputs: [{ kind: 'audio', bytes: bytes.byteLength }] });
  });
});

transcriptionTests(() => ({ client, lab, taskOf }));
