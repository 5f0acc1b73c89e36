import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { createAnthropicLab } from '../lab/anthropic';
import { startLab, type Lab } from '../lab/lab';
import { eventually } from '../support/eventually';
import { SANDBOX_CONFIG } from '../support/sample-config';
import { startAtelier, type TestAtelier } from '../support/stack';
import { chargesCacheWrites } from './support/cache-writes';
import { framesOf } from './support/video';
import { pythonSdk } from './support/python-sdk';
import { hasPython } from '../support/python-package';

const run = promisify(execFile);

let atelier: TestAtelier;
let lab: Lab;
let stop = (): Promise<void> => Promise.resolve();
let client: OpenAI;
const folder = mkdtempSync(join(tmpdir(), 'atelier-sdk-'));

beforeAll(async () => {
  lab = await startLab([createAnthropicLab()]);
  stop = () => lab.close();
  const config = SANDBOX_CONFIG.replace(
    'models:\n',
    `  - { name: anthropic, kind: anthropic, base_url: "${lab.url('anthropic')}", api_key: "\${LAB_KEY}" }
models:
  - { name: claude, modality: text, price: free, routes: [{ provider: anthropic, model: claude-sonnet-4-6 }] }
  - name: claude-priced
    modality: text
    price: { input_per_1m_usd: "3", cached_input_per_1m_usd: "0.30", cache_write_input_per_1m_usd: "3.75", cache_write_1h_input_per_1m_usd: "6", output_per_1m_usd: "15" }
    routes: [{ provider: anthropic, model: claude-sonnet-4-6 }]
`,
  );
  atelier = await startAtelier({ config, env: { LAB_KEY: 'lab-key' } });
  stop = async () => {
    await atelier.stop();
    await lab.close();
  };
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production });
}, 150_000);

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const messages = [{ role: 'user' as const, content: 'Say hello.' }];
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

function image(red: number): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: { r: red, g: 20, b: 90 } } })
    .png()
    .toBuffer();
}

async function sizeOf(bytes: Buffer): Promise<{ width: number; height: number }> {
  const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height };
}

test('a chat, whole and streamed, with and without usage, says the same', async () => {
  const whole = await client.chat.completions.create({ model: 'sandbox-text', messages });
  const read = async (includeUsage: boolean): Promise<{ text: string; usages: unknown[]; finish: string | null }> => {
    const seen = { text: '', usages: [] as unknown[], finish: null as string | null };
    const stream = await client.chat.completions.create({
      model: 'sandbox-text',
      messages,
      stream: true,
      ...(includeUsage ? { stream_options: { include_usage: true } } : {}),
    });
    for await (const chunk of stream) {
      seen.text += chunk.choices[0]?.delta.content ?? '';
      seen.finish = chunk.choices[0]?.finish_reason ?? seen.finish;
      if (chunk.usage !== null && chunk.usage !== undefined) seen.usages.push(chunk.usage);
    }
    return seen;
  };

  const [withUsage, without] = [await read(true), await read(false)];

  const text = whole.choices[0]!.message.content!;
  expect(text.length).toBeGreaterThan(0);
  expect(withUsage).toEqual({ text, usages: [whole.usage], finish: 'stop' });
  expect(without).toEqual({ text, usages: [], finish: 'stop' });
});

test("a tool is called through the SDK's own loop and its result goes back", async () => {
  const cities: unknown[] = [];
  const runner = client.chat.completions.runTools({
    model: 'sandbox-text',
    messages,
    tools: [
      {
        type: 'function',
        function: {
          ...tools[0]!.function,
          description: 'Says what the weather is.',
          parse: JSON.parse,
          function: (given: { city: string }) => {
            cities.push(given.city);
            return 'rain';
          },
        },
      },
    ],
  });

  const answer = await runner.finalContent();

  expect(cities).toEqual([expect.any(String)]);
  expect(answer!.length).toBeGreaterThan(0);
});

test("Anthropic's SDK does the same through its own surface: text, a stream, a tool's round trip, an image, a count", async () => {
  const claude = new Anthropic({ baseURL: atelier.origin, apiKey: null, authToken: atelier.keys.production });
  const ask = { model: 'sandbox-text', max_tokens: 300, messages };
  const whole = await claude.messages.create(ask);
  const streamed = await claude.messages.stream(ask).finalMessage();
  expect(streamed.content).toEqual(whole.content);
  expect(streamed.usage).toMatchObject({ input_tokens: whole.usage.input_tokens, output_tokens: whole.usage.output_tokens });
  expect(whole).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: expect.stringMatching(/./) }] });
  expect(await claude.messages.create({ ...ask, max_tokens: 2 })).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 2 } });

  const weather = { name: 'get_weather', input_schema: tools[0]!.function.parameters as Anthropic.Tool.InputSchema };
  const called = await claude.messages.stream({ ...ask, tools: [weather] }).finalMessage();
  const use = called.content.find((block) => block.type === 'tool_use')!;
  expect([called.stop_reason, use.name, use.input]).toEqual(['tool_use', 'get_weather', { city: expect.any(String) }]);
  const data = (await image(30)).toString('base64');
  const answered = await claude.messages.create({
    ...ask,
    tools: [weather],
    messages: [
      ...messages,
      { role: 'assistant', content: called.content },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: use.id, content: 'rain' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
        ],
      },
    ],
    tool_choice: { type: 'none' },
  });
  expect(answered.stop_reason).toBe('end_turn');
  expect((await claude.messages.countTokens({ model: 'sandbox-text', messages })).input_tokens).toBeGreaterThan(0);
});

test("Claude behind Anthropic's own format keeps its thinking, its marks for the cache and its tools, streamed and whole", async () => {
  const claude = new Anthropic({ baseURL: atelier.origin, apiKey: atelier.keys.production, authToken: null });
  const weather = { name: 'get_weather', input_schema: tools[0]!.function.parameters as Anthropic.Tool.InputSchema };
  const ask = { model: 'claude', max_tokens: 3_000, thinking: { type: 'enabled' as const, budget_tokens: 1_024 }, tools: [weather] };
  const text = 'call get_weather {"city":"Oslo"}, then call get_weather {"city":"Rome"}';
  const asked = { role: 'user' as const, content: [{ type: 'text' as const, text, cache_control: { type: 'ephemeral' as const } }] };

  const called = await claude.messages.stream({ ...ask, messages: [asked] }).finalMessage();
  const uses = called.content.filter((block) => block.type === 'tool_use');
  const results = uses.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'rain' }));
  const answered = await claude.messages.create({
    ...ask,
    messages: [asked, { role: 'assistant', content: called.content }, { role: 'user', content: results }],
  });

  expect(called.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
  expect(uses.map(({ input }) => input)).toEqual([{ city: 'Oslo' }, { city: 'Rome' }]);
  expect(called).toMatchObject({ stop_reason: 'tool_use', usage: { cache_read_input_tokens: 100, cache_creation_input_tokens: 20 } });
  expect(answered.stop_reason).toBe('end_turn');
  expect(answered.content.at(-1)).toMatchObject({ type: 'text', text: expect.stringMatching(/^The tools said: .*rain.*rain/) });
  const sent = lab.requests('anthropic').map((request) => request.json())[1]!;
  expect(sent).toMatchObject({
    messages: [{ content: [{ cache_control: { type: 'ephemeral' } }] }, { content: [called.content[0], {}, {}, {}] }, {}],
  });
});

chargesCacheWrites(() => atelier);

test('a background response is followed, left, taken up behind its last event, and continued', async () => {
  const seen = { id: '', text: '', numbers: [] as number[] };
  const read = async (events: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>, isEnough: () => boolean): Promise<void> => {
    for await (const event of events) {
      seen.numbers.push(event.sequence_number);
      if (event.type === 'response.created') seen.id = event.response.id;
      if (event.type === 'response.output_text.delta') seen.text += event.delta;
      if (isEnough()) return;
    }
  };
  const ask = { model: 'sandbox-text', input: 'Say hello.' };

  await read(await client.responses.create({ ...ask, background: true, stream: true }), () => seen.text.length > 10);
  await read(await client.responses.retrieve(seen.id, { stream: true, starting_after: seen.numbers.at(-1)! }), () => false);
  const done = await client.responses.retrieve(seen.id);
  const next = await client.responses.create({ ...ask, input: 'Once more.', previous_response_id: seen.id });

  expect(done).toMatchObject({ status: 'completed', background: true, output_text: seen.text });
  expect(seen.numbers).toEqual(seen.numbers.map((_number, index) => index));
  expect(next).toMatchObject({ status: 'completed', previous_response_id: seen.id });
  expect(next.usage!.input_tokens).toBeGreaterThan(done.usage!.input_tokens);
});

test('an image is generated and two are edited into one; both open', async () => {
  const made = await client.images.generate({ model: 'sandbox-image', prompt: 'A lighthouse.', size: '512x512', response_format: 'url' });
  const edited = await client.images.edit({
    model: 'sandbox-image',
    prompt: 'Both in one.',
    image: [await toFile(await image(10), 'a.png', { type: 'image/png' }), await toFile(await image(200), 'b.png', { type: 'image/png' })],
    response_format: 'b64_json',
  });

  const linked = Buffer.from(await (await fetch(made.data![0]!.url!)).arrayBuffer());
  expect(await sizeOf(linked)).toEqual({ width: 512, height: 512 });
  expect((await sizeOf(Buffer.from(edited.data![0]!.b64_json!, 'base64'))).width).toBeGreaterThan(0);
});

test('a video is created, polled and downloaded; it plays to its end', async () => {
  const created = await client.videos.create({ model: 'sandbox-video', prompt: 'A wave.', seconds: '4' });
  const done = await eventually(
    async () => {
      const video = await client.videos.retrieve(created.id);
      return video.status !== 'queued' && video.status !== 'in_progress' && video;
    },
    { withinMs: 90_000, everyMs: 250 },
  );
  const content = await client.videos.downloadContent(created.id);
  const file = join(folder, 'node.mp4');
  await writeFile(file, Buffer.from(await content.arrayBuffer()));

  expect(done).toMatchObject({ status: 'completed', progress: 100 });
  expect(content.headers.get('content-type')).toBe('video/mp4');
  expect(await framesOf(file)).toBeGreaterThan(10);
}, 120_000);

test('embeddings and models are there', async () => {
  const { data, usage } = await client.embeddings.create({ model: 'sandbox-text', input: ['one', 'two'] });
  const models: string[] = [];
  for await (const model of client.models.list()) models.push(model.id);

  expect(data.map(({ embedding }) => embedding.length > 0)).toEqual([true, true]);
  expect(data[0]!.embedding).not.toEqual(data[1]!.embedding);
  expect(usage.total_tokens).toBeGreaterThan(0);
  expect(models).toEqual(expect.arrayContaining(['sandbox-image', 'sandbox-text', 'sandbox-video']));
});

const pythonTest = hasPython ? test : test.skip;

pythonTest(
  'the Python SDK does the same, unchanged but for base URL and key',
  async () => {
    const files = [join(folder, 'a.png'), join(folder, 'b.png')];
    for (const [index, file] of files.entries()) writeFileSync(file, await image(index * 100));

    const { stdout } = await run('python3', [join(__dirname, 'python', 'sdk.py'), ...files, folder], {
      env: {
        ...process.env,
        PYTHONPATH: await pythonSdk(),
        OPENAI_BASE_URL: atelier.baseUrl,
        OPENAI_API_KEY: atelier.keys.script,
      },
    });

    const seen = JSON.parse(stdout);
    expect(seen.chat.length).toBeGreaterThan(0);
    expect(seen.streamed.pieces).toBeGreaterThan(1);
    expect(seen.streamed.completion_tokens).toBeGreaterThan(0);
    expect(seen.plain_usage).toEqual([]);
    expect(seen.tool).toMatchObject({ name: 'get_weather', arguments: { city: expect.any(String) }, answer: expect.stringMatching(/./) });
    expect(await sizeOf(await readFile(seen.generated))).toEqual({ width: 512, height: 512 });
    expect((await sizeOf(await readFile(seen.edited))).width).toBeGreaterThan(0);
    expect(seen.video_status).toBe('completed');
    expect(await framesOf(seen.video)).toBeGreaterThan(10);
    expect(seen.embeddings.every((length: number) => length > 0)).toBe(true);
    expect(seen.models).toContain('sandbox-text');
  },
  240_000,
);
