import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '../../adapters/egress';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { createHttpClient } from '../../adapters/providers/shared/http-client';
import { createConnection } from '../../adapters/providers/shared/connection';
import { openContent } from '../../adapters/providers/shared/open-content';
import type { MediaProvider } from '../../domain/provider/provider';
import { failureOf, file, job, mediaCall, provider } from './calls';

interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly location?: string;
  /** Sends without an end until the connection closes. */
  readonly isEndless?: boolean;
}

let server: Server;
let answer: (path: string) => Answer = () => ({});
let sentBytes = 0;
let received: [string, string | undefined][] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      received.push([`${request.headers.host ?? ''}${request.url ?? ''}`, request.headers.authorization]);
      const { status = 200, json = {}, location, isEndless = false } = answer(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) });
      if (!isEndless) return void response.end(JSON.stringify(json));
      const more = (): void => {
        while (!response.destroyed) {
          sentBytes += 65_536;
          if (!response.write(Buffer.alloc(65_536, 32))) return void response.once('drain', more);
        }
      };
      more();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function mediaOf(kind: string): MediaProvider {
  return createProviderRegistry()(provider({ kind, baseUrl: baseUrl(), secrets: { api_key: 'k-0123456789' } })).media as MediaProvider;
}

const image = (model: string) => mediaCall('image', 'A boat', { model });

test.each<[string, unknown, (media: MediaProvider) => Promise<unknown>]>([
  [
    'kling',
    { code: 0, data: { task_id: '1', task_status: 'succeed', task_result: { images: [{ index: 0, url: '' }] } } },
    (media) => media.poll({ ...job('images/generations/1'), kind: 'image' }),
  ],
  ['ark', { data: [{}] }, (media) => media.submit(image('doubao-seedream-4-0'))],
  [
    'dashscope',
    { output: { task_id: '1', task_status: 'SUCCEEDED', results: [{}] } },
    (media) => media.poll({ ...job('1'), kind: 'image' }),
  ],
  ['dashscope', { output: { choices: [{ message: { content: [{}] } }] } }, (media) => media.submit(image('qwen-image'))],
  ['minimax', { data: {}, base_resp: { status_code: 0 } }, (media) => media.submit(image('image-01'))],
])('%s: a result that is done, empty and without a reason may be paid for: it is not bought again', async (kind, json, ask) => {
  answer = () => ({ json });

  expect(await ask(mediaOf(kind))).toMatchObject({ state: 'failed', error: { code: 'outcome_unknown' } });
});

test.each([
  ['replicate', 'acme/model', /\/v1\/files$/],
  ['runway', 'gen4_turbo', /\/v1\/uploads$/],
])('%s: a broken answer to the upload of an input says nothing of a purchase, which was not made', async (kind, model, upload) => {
  const paths: string[] = [];
  answer = (path) => {
    paths.push(path);
    return { json: [] };
  };
  const images = [file('first_frame', Buffer.alloc(4 * 1024 * 1024))];
  const call = mediaCall('video', 'A boat', { model, images, output: { aspect_ratio: '16:9', duration_s: 5 } });

  expect((await failureOf(mediaOf(kind).submit(call))).code).toBe('provider_unavailable');
  expect(paths).toEqual([expect.stringMatching(upload)]);
});

test('a refusal to hand out a result is read no further than its words can reach', async () => {
  answer = () => ({ status: 500, isEndless: true });
  const client = createHttpClient();
  const connection = createConnection(provider({ baseUrl: baseUrl() }), client, { authorize: () => ({}) });

  const failure = await failureOf(openContent(connection, { signal: AbortSignal.timeout(4_000) }, new URL(`${baseUrl()}/content`)));

  expect(failure.code).toBe('provider_unavailable');
  expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
});

describe('a server that redirects to where its file is', () => {
  const port = () => (server.address() as AddressInfo).port;
  const rules = { forbiddenPorts: () => [] };
  const resolve = () => Promise.resolve(['10.0.0.7']);

  async function open(location: string, egress: Parameters<typeof createProviderRegistry>[0]) {
    received = [];
    answer = (path) => (path === '/file' ? { json: { secret: true } } : { status: 302, location });
    const media = createProviderRegistry(egress)(provider({ kind: 'openai', baseUrl: baseUrl() })).media as MediaProvider;
    const { body } = await media.open(job('video_1'), 'video');
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  test.each([
    ['loopback', () => `http://localhost:${port()}/file`],
    ['loopback, without a check at hand', () => `http://localhost:${port()}/file`],
    ['a private address', () => 'https://10.0.0.7/file'],
    ['the metadata of a cloud', () => 'http://169.254.169.254/latest'],
    ['a name of a private address', () => 'https://files.example.com/file'],
  ])('is not followed to %s, for good', async (what, location) => {
    const egress = what.endsWith('at hand') ? null : createEgress({ ...rules, allowLoopback: false, resolve });

    const { code, facts } = await failureOf(open(location(), egress));

    expect([code, facts.isPermanent]).toEqual(['provider_bad_response', true]);
    expect(received).toHaveLength(1);
  });

  test('is followed on its configured address with the key, and to others that may be called without it', async () => {
    const strict = createEgress({ ...rules, allowLoopback: false });
    const key = expect.stringMatching(/^Bearer /) as string;

    expect(await open('/file', strict)).toContain('secret');
    expect(received.map(([, sent]) => sent)).toEqual([key, key]);
    expect(await open(`http://localhost:${port()}/file`, createEgress({ ...rules, allowLoopback: true }))).toContain('secret');
    expect(received.map(([, sent]) => sent)).toEqual([key, undefined]);
  });
});

test('gemini: a video whose address is none is not delivered, and says so instead of asking for ever', async () => {
  const video = { type: 'video', uri: 'https://[', mime_type: 'video/mp4' };
  answer = () => ({ json: { id: 'v1_x', status: 'completed', steps: [{ type: 'model_output', content: [video] }] } });

  expect(await mediaOf('gemini').poll(job('v1_x'))).toMatchObject({ state: 'failed', error: { code: 'outcome_unknown' } });
});

test('gemini: an interaction that answers a cancel as completed has not been stopped: it is paid for', async () => {
  answer = () => ({ json: { id: 'v1_x', status: 'completed' } });
  const media = mediaOf('gemini');

  expect(await media.cancel?.(job('v1_x'))).toBe(false);
  answer = () => ({ json: { id: 'v1_x', status: 'cancelled' } });
  expect(await media.cancel?.(job('v1_x'))).toBe(true);
});
