import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../domain/errors';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { failureOf, file, job, mediaCall, openaiAt, readAll } from './calls';

let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterEach(() => {
  fake.reset();
  fake.behaviour.videoMs = 0;
});
afterAll(() => fake.close());

test('an image comes with its bytes, its type and what was used', async () => {
  const submission = await openaiAt(fake.baseUrl).media.submit(mediaCall('image', 'A cat', { output: { n: 2 } }));

  expect(submission).toMatchObject({
    state: 'completed',
    result: {
      outputs: [{ from: 'bytes', contentType: 'image/png', revisedPrompt: 'revised: A cat' }, {}],
      usage: { images: 2, outputTokens: 100 },
    },
  });
});

test.each([
  [
    { size: '1536x1024', quality: 'low', seed: 0, compression: 0, format: 'webp', background: 'opaque' },
    { size: '1536x1024', quality: 'low', seed: 0, output_compression: 0, output_format: 'webp', background: 'opaque' },
  ],
  [{ aspect_ratio: '16:9', resolution: '1080p' }, { size: '1920x1088' }],
  [{ aspect_ratio: '3:4' }, { size: '1024x1360' }],
  [{}, {}],
])('creative parameters %j reach an image model as %j', async (output, expected) => {
  await openaiAt(fake.baseUrl).media.submit(
    mediaCall('image', 'A cat', { output, params: { moderation: 'low', style: 'vivid', model: 'other' } }),
  );

  expect(fake.requests[0]?.body).toEqual({ model: 'm', prompt: 'A cat', moderation: 'low', style: 'vivid', ...expected });
});

test('an edit sends several images and a mask in one form', async () => {
  const images = [file('reference', Buffer.from('one')), file('reference', Buffer.from('three')), file('mask', Buffer.from('mask!'))];

  await openaiAt(fake.baseUrl).media.submit(
    mediaCall('image', 'Together', { images, output: { n: 1, seed: 0 }, params: { tags: ['a', 'b'], nested: { deep: false } } }),
  );

  const [request] = fake.requests;
  expect(request).toMatchObject({ path: '/v1/images/edits', idempotencyKey: 'task_1:1' });
  expect(request?.body).toEqual({ model: 'm', prompt: 'Together', n: '1', seed: '0', 'tags[]': ['a', 'b'], 'nested[deep]': 'false' });
  expect(request?.files.map(({ field, sizeBytes }) => [field, sizeBytes])).toEqual([
    ['image[]', 3],
    ['image[]', 5],
    ['mask', 5],
  ]);
});

test('a large file flows to the provider as fast as it is taken, its length told before', async () => {
  const piece = Buffer.alloc(1024 * 1024, 7);
  const count = 96;
  let handedOn = 0;
  let taken = 0;
  let furthestAhead = 0;
  let length: string | undefined;
  const server = createServer((request, response) => {
    length = request.headers['content-length'];
    request.on('data', (chunk: Buffer) => (taken += chunk.length));
    request.on('end', () => response.end(JSON.stringify({ id: 'video_1', status: 'queued' })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  async function* open(): AsyncGenerator<Uint8Array> {
    for (; handedOn < count; handedOn += 1) {
      furthestAhead = Math.max(furthestAhead, handedOn * piece.length - taken);
      yield await Promise.resolve(piece);
    }
  }
  const large = { ...file('first_frame', new Uint8Array()), sizeBytes: count * piece.length, open };

  const { port } = server.address() as AddressInfo;
  const submission = await openaiAt(`http://127.0.0.1:${port}/v1`).media.submit(mediaCall('video', 'A cat', { images: [large] }));
  await new Promise((resolve) => server.close(resolve));

  expect(submission).toMatchObject({ state: 'accepted', upstreamId: 'video_1' });
  expect(Number(length)).toBe(taken);
  expect(taken).toBeGreaterThan(count * piece.length);
  expect(furthestAhead).toBeLessThan(16 * 1024 * 1024);
});

test('a file whose reading breaks off is our own trouble: no provider begins with half a request', async () => {
  async function* open(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('half'));
    throw new AppError('service_unavailable', 'The object store did not do its work.');
  }
  const broken = { ...file('first_frame', Buffer.from('half and half')), open };

  const failure = await failureOf(openaiAt(fake.baseUrl).media.submit(mediaCall('video', 'A cat', { images: [broken] })));

  expect(failure.code).toBe('service_unavailable');
  expect(fake.counts.creates).toBe(0);
});

test('partial images are handed over as they come', async () => {
  const partials: number[] = [];
  const onPartial = async ({ index, bytes }: { index: number; bytes: Uint8Array }): Promise<void> => {
    await Promise.resolve();
    if (bytes.byteLength > 0) partials.push(index);
  };

  const submission = await openaiAt(fake.baseUrl).media.submit(mediaCall('image', 'A cat', { output: { partial_images: 2 }, onPartial }));

  expect(partials).toEqual([0, 1]);
  expect(submission).toMatchObject({ result: { outputs: [{ from: 'bytes' }], usage: { images: 1, outputTokens: 100 } } });
});

test('a video is created once, polled and downloaded', async () => {
  const { media } = openaiAt(fake.baseUrl);
  fake.behaviour.videoMs = 60_000;
  const submission = await media.submit(
    mediaCall('video', 'A cat', { output: { duration_s: 8, aspect_ratio: '9:16', resolution: '720p', seed: 0 } }),
  );
  expect(submission).toEqual({ state: 'accepted', upstreamId: 'video_fake1', pollAfterMs: 200 });
  expect(fake.requests[0]?.body).toEqual({ model: 'm', prompt: 'A cat', seconds: '8', size: '720x1280', seed: 0 });

  const pending = await media.poll(job('video_fake1'));
  fake.behaviour.videoMs = 0;
  const completed = await media.poll(job('video_fake1'));
  const { body, contentType } = await media.open(job('video_fake1'), 'video');

  expect(pending).toEqual({ state: 'pending', progress: 0, pollAfterMs: 200 });
  expect(completed).toMatchObject({ state: 'completed', result: { outputs: [{ from: 'provider', ref: 'video' }], usage: { seconds: 8 } } });
  expect(contentType).toBe('video/mp4');
  expect((await readAll(body)).subarray(4, 8).toString()).toBe('ftyp');
  expect(fake.counts.createsByKey.get('task_1:1')).toBe(1);
});

test('a video with a first frame sends it as a file', async () => {
  await openaiAt(fake.baseUrl).media.submit(
    mediaCall('video', 'A cat', { images: [file('first_frame', Buffer.from('image'))], output: { duration_s: 4, seed: 0 } }),
  );

  const [request] = fake.requests;
  expect(request?.body).toEqual({ model: 'm', prompt: 'A cat', seconds: '4', seed: '0' });
  expect(request?.files).toEqual([{ field: 'input_reference', filename: 'first_frame.png', contentType: 'image/png', sizeBytes: 5 }]);
});

test.each([
  ['moderation_blocked', 'content_policy_violation'],
  ['invalid_seconds', 'provider_rejected'],
  ['server_error', 'provider_unavailable'],
])('a job that failed with %s is the verdict %s', async (jobFails, code) => {
  fake.script('m', [{ jobFails }]);
  fake.behaviour.videoMs = 60_000;
  const { media } = openaiAt(fake.baseUrl);
  await media.submit(mediaCall('video', 'A cat'));
  fake.behaviour.videoMs = 0;

  const verdict = await media.poll(job(await newestId()));

  expect(verdict).toMatchObject({
    state: 'failed',
    error: { code, facts: { providerCode: jobFails, providerMessage: 'The job failed.' } },
  });
});

test.each<[string, number, object]>([
  ['a failed job', 201, { id: 'video_1', status: 'FAILED', error: { code: 'server_error', message: 'Oh.' } }],
  ['a failed job with a status of HTTP', 500, { id: 'video_1', status: 'failed', error: { code: 'server_error', message: 'Oh.' } }],
  ['an error in place of a job', 200, { error: { code: 'server_error', message: 'Oh.' } }],
])('a video whose creation is answered by %s has failed, surely', async (_what, status, body) => {
  const server = await answering(status, body);
  try {
    const submission = await openaiAt(server.baseUrl).media.submit(mediaCall('video', 'A cat'));

    expect(submission).toMatchObject({
      state: 'failed',
      error: { code: 'provider_unavailable', facts: { providerCode: 'server_error', providerMessage: 'Oh.' } },
    });
  } finally {
    await server.close();
  }
});

test.each<[string, object, string, string | undefined]>([
  ['an object', { error: { code: 'moderation_blocked', message: 'No.' } }, 'content_policy_violation', 'moderation_blocked'],
  ['words', { error: 'The GPU is on fire.' }, 'provider_unavailable', undefined],
  ['an error for each', { data: [{ error: { code: 'content_filter', message: 'No.' } }] }, 'content_policy_violation', 'content_filter'],
])('images answered by an error, as %s, have failed, surely', async (_what, body, code, providerCode) => {
  const server = await answering(200, body);
  try {
    const submission = await openaiAt(server.baseUrl).media.submit(mediaCall('image', 'A cat'));

    expect(submission).toMatchObject({ state: 'failed', error: { code } });
    expect('error' in submission ? submission.error.facts.providerCode : null).toBe(providerCode);
  } finally {
    await server.close();
  }
});

test.each([
  [500, { id: 'video_1', status: 'failed', error: { code: 'server_error' } }, 'failed'],
  [400, { error: { code: 'moderation_blocked', message: 'No.' } }, 'failed'],
  [422, { detail: 'The input cannot be read.' }, 'failed'],
  [503, { error: { code: 'server_error' } }, 'provider_unavailable'],
  [200, { error: { code: 'server_error' } }, 'provider_unavailable'],
  [401, { error: { code: 'invalid_api_key' } }, 'provider_auth'],
  [404, { error: { code: 'not_found' } }, 'provider_not_found'],
])('a look that is answered by %i and %j is %s', async (status, body, expected) => {
  const server = await answering(status, body);
  try {
    const told = await openaiAt(server.baseUrl)
      .media.poll(job('video_1'))
      .then(
        ({ state }) => state,
        (error: unknown) => (error as { code: string }).code,
      );

    expect(told).toBe(expected);
  } finally {
    await server.close();
  }
});

test('fifty videos at once are fifty creates on connections of their own', async () => {
  const { media } = openaiAt(fake.baseUrl);
  const prompts = Array.from({ length: 50 }, (_, index) => `A cat ${index}`);

  const submissions = await Promise.all(prompts.map((prompt) => media.submit(mediaCall('video', prompt))));

  expect(new Set(submissions.map((submission) => submission.upstreamId)).size).toBe(50);
  expect([...fake.counts.createsByPrompt].sort()).toEqual(prompts.map((prompt) => [prompt, 1]).sort());
});

test('a job that is deleted is gone, and a lost one is not found', async () => {
  fake.behaviour.videoMs = 60_000;
  const { media } = openaiAt(fake.baseUrl);
  await media.submit(mediaCall('video', 'A cat'));
  const id = await newestId();

  const notReady = await failureOf(media.open(job(id), 'video'));
  const cancelled = [await media.cancel?.(job(id)), await media.cancel?.(job(id))];
  const gone = await failureOf(media.poll(job(id)));

  expect(notReady).toMatchObject({ code: 'provider_rejected', facts: { providerCode: 'video_not_ready' } });
  expect(cancelled).toEqual([true, false]);
  expect(gone.code).toBe('provider_not_found');
});

test('inputs a video has no place for are named instead of dropped', async () => {
  const two = [file('first_frame', Buffer.from('a')), file('last_frame', Buffer.from('b'))];

  const failure = await failureOf(openaiAt(fake.baseUrl).media.submit(mediaCall('video', 'A cat', { images: two })));

  expect(failure).toMatchObject({ code: 'unsupported_parameter', facts: { param: 'input.images' } });
  expect(fake.requests).toHaveLength(0);
});

async function newestId(): Promise<string> {
  const list = (await (await fetch(`${fake.baseUrl}/videos`)).json()) as { data: { id: string }[] };
  return list.data[0]?.id ?? '';
}

/** A server that answers every call in the same way. */
async function answering(status: number, body: object): Promise<{ baseUrl: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
