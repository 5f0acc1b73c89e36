import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { createHttpClient } from '../../adapters/providers/shared/http-client';
import { createConnection } from '../../adapters/providers/shared/connection';
import { openContent } from '../../adapters/providers/shared/open-content';
import type { MediaProvider } from '../../domain/provider/provider';
import { failureOf, file, job, mediaCall, provider } from './calls';

interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  /** Sends without an end until the connection closes. */
  readonly isEndless?: boolean;
}

let server: Server;
let answer: (path: string) => Answer = () => ({});
let sentBytes = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status = 200, json = {}, isEndless = false } = answer(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' });
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
