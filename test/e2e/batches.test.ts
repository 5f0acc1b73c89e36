import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import sharp from 'sharp';
import { startAtelier, type TestAtelier } from '../support/stack';
import { createBatchClient, type BatchClient } from './support/batch-client';
import { pythonSdk } from './support/python-sdk';
import { hasPython } from '../support/python-package';

const run = promisify(execFile);

let atelier: TestAtelier;
let client: OpenAI;
let batches: BatchClient;

beforeAll(async () => {
  atelier = await startAtelier();
  client = new OpenAI({ baseURL: atelier.baseUrl, apiKey: atelier.keys.production });
  batches = createBatchClient(client);
}, 300_000);

afterAll(async () => {
  await atelier.stop();
}, 60_000);

const chat = (text: string) => ({ model: 'sandbox-text', messages: [{ role: 'user' as const, content: text }] });
const idsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `line-${index}`).sort();

test('a batch of 50 chats ends with a file that has the answer of every custom_id once, as the endpoint gives it', async () => {
  const batch = await batches.run(
    '/v1/chat/completions',
    Array.from({ length: 50 }, (_, index) => chat(`Say ${index}.`)),
  );
  const lines = await batches.lines(batch.output_file_id);
  const direct = await client.chat.completions.create(chat('Say 7.'));

  expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 50, completed: 50, failed: 0 }, error_file_id: null });
  expect(batch.usage?.output_tokens).toBeGreaterThan(0);
  expect(lines.map(({ custom_id: id }) => id).sort()).toEqual(idsOf(50));
  const answer = lines.find(({ custom_id: id }) => id === 'line-7');
  expect(answer?.response?.status_code).toBe(200);
  const { id, created, ...rest } = answer?.response?.body as OpenAI.ChatCompletion;
  expect(id).toBe(answer?.response?.request_id);
  expect(created).toEqual(expect.any(Number));
  const { id: _id, created: _created, ...expected } = direct;
  expect(rest).toEqual({ ...expected, _request_id: undefined });
}, 120_000);

test('a batch of 20 images has them in base64, or as links where the line asks for them', async () => {
  const bodies = Array.from({ length: 20 }, (_, index) => ({
    model: 'sandbox-image',
    prompt: `Loaf ${index}.`,
    size: '256x256',
    ...(index === 0 ? { response_format: 'url' } : {}),
  }));
  const batch = await batches.run('/v1/images/generations', bodies);
  const lines = await batches.lines(batch.output_file_id);
  const imageOf = (id: string) => (lines.find((line) => line.custom_id === id)?.response?.body as OpenAI.ImagesResponse).data?.[0];

  expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 20, completed: 20, failed: 0 } });
  expect(lines.map(({ custom_id: id }) => id).sort()).toEqual(idsOf(20));
  expect(await sharp(Buffer.from(imageOf('line-3')?.b64_json ?? '', 'base64')).metadata()).toMatchObject({ width: 256, height: 256 });
  const link = await fetch(imageOf('line-0')?.url ?? '');
  expect([link.status, link.headers.get('content-type')]).toEqual([200, 'image/png']);
}, 120_000);

test('responses and videos are answered as their objects, which their own endpoints know', async () => {
  const responses = await batches.run('/v1/responses', [{ model: 'sandbox-text', input: 'Say hello.', metadata: { k: 'v' } }]);
  const [response] = await batches.lines(responses.output_file_id);
  const body = response?.response?.body as OpenAI.Responses.Response;
  const videos = await batches.run('/v1/videos', [{ model: 'sandbox-video', prompt: 'A wave.', seconds: '4' }]);
  const [line] = await batches.lines(videos.output_file_id);
  const video = line?.response?.body as OpenAI.Videos.Video;

  expect(body).toMatchObject({ object: 'response', status: 'completed', metadata: { k: 'v' } });
  expect((await client.responses.retrieve(body.id)).output).toEqual(body.output);
  expect(video).toMatchObject({ object: 'video', status: 'completed', prompt: 'A wave.' });
  const content = await client.videos.downloadContent(video.id);
  expect(content.headers.get('content-type')).toBe('video/mp4');
}, 120_000);

const python = hasPython ? test : test.skip;

python(
  'the stock Python SDK runs a batch of 50 chats and one of 20 images, and reads why a file was refused',
  async () => {
    const env = {
      ...process.env,
      PYTHONPATH: await pythonSdk(),
      OPENAI_BASE_URL: atelier.baseUrl,
      OPENAI_API_KEY: atelier.keys.production,
    };
    const { stdout } = await run('python3', [join(__dirname, 'python', 'batches.py')], { env, maxBuffer: 64 * 1024 * 1024 });
    const seen = JSON.parse(stdout);

    expect(seen.chats).toMatchObject({ status: 'completed', counts: { total: 50, completed: 50, failed: 0 }, statuses: [200] });
    expect(seen.chats.custom_ids).toEqual(idsOf(50));
    expect(seen.chats.first.choices[0].message.role).toBe('assistant');
    expect(seen.images).toMatchObject({ status: 'completed', counts: { total: 20, completed: 20, failed: 0 }, statuses: [200] });
    expect(seen.images.custom_ids).toEqual(idsOf(20));
    expect(seen.refused).toMatchObject({
      status: 'failed',
      errors: [{ code: 'missing_required_parameter', line: 1, param: 'body.messages' }],
    });
  },
  240_000,
);
