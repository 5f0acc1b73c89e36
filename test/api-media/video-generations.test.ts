import { useApi } from '../api/support/api';
import { anImage, end, finish, video } from './support/media';

const api = useApi();
const ask = { model: 'video-test', prompt: 'a cat' };

function create(body: object, headers: Record<string, string> = {}) {
  return api.call('POST', '/v1/video/generations', { body: { ...ask, ...body }, headers });
}

test('a video in the form of New API goes from queued to a link that opens without a key', async () => {
  const base64 = (await anImage()).toString('base64');
  const created = await create({
    image: base64,
    images: [`data:image/png;base64,${base64}`],
    duration: 4,
    width: 1280,
    height: 720,
    seed: 0,
    fps: 24,
    user: 'u',
    metadata: { negative_prompt: 'dogs', resolution: '720p', style: 'calm' },
  });
  const { task_id: id } = created.body;

  expect(created.status).toBe(200);
  expect(created.body).toMatchObject({ id, object: 'video', model: 'video-test', status: 'queued', progress: 0, url: null, error: null });
  expect([created.headers.get('x-atelier-run-id'), created.headers.get('retry-after')]).toEqual([id, '2']);
  expect((await api.database.tasks.get(id, null))!.input).toMatchObject({
    prompt: 'a cat',
    negative_prompt: 'dogs',
    images: [
      { role: 'first_frame', source: { assetId: expect.stringMatching(/^asset_/) } },
      { role: 'reference', source: { assetId: expect.stringMatching(/^asset_/) } },
    ],
    output: { size: '1280x720', resolution: '720p', seed: 0, duration_s: 4 },
    params: { style: 'calm', fps: 24 },
  });

  const bytes = await video();
  await finish(api, id, [bytes]);
  const { body: done } = await api.call('GET', `/v1/video/generations/${id}`);
  expect(done).toMatchObject({ task_id: id, status: 'completed', progress: 100, format: 'mp4', error: null });
  expect(done.metadata).toMatchObject({ url: done.url, duration: 1, width: 128, height: 96, seed: 0 });
  expect(Buffer.from(await (await fetch(done.url)).arrayBuffer()).equals(bytes)).toBe(true);
});

test('a failed one says why, and a repeat by its key is the same task', async () => {
  const headers = { 'idempotency-key': 'generation-1' };
  const { body: first } = await create({ seconds: '4' }, headers);
  await end(api, first.id, 'failed', 'provider_rejected');
  const again = await create({ seconds: '4' }, headers);

  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toMatchObject({
    id: first.id,
    status: 'failed',
    error: { code: 'provider_rejected', message: 'The provider said no.' },
  });
});

test.each<[string, object, number, string, string | null]>([
  ['a width alone', { width: 640 }, 400, 'missing_required_parameter', 'height'],
  ['two at once', { n: 2 }, 400, 'invalid_value', 'n'],
  ['bytes in the answer', { response_format: 'b64_json' }, 400, 'invalid_value', 'response_format'],
  ['a duration of none', { duration: 0 }, 400, 'invalid_value', 'duration'],
  ['an image that is none', { image: 'bm90IGFuIGltYWdl' }, 400, 'invalid_image', 'image'],
  ['an image model', { model: 'image-test' }, 400, 'invalid_value', 'model'],
])('%s is refused by name and starts nothing', async (_title, changes, status, code, param) => {
  const started = api.started.length;
  const answer = await create(changes);

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([status, code, param]);
  expect(api.started).toHaveLength(started);
});

test('what is no video of the caller is not found', async () => {
  const { id } = await api.client().videos.create({ ...ask, seconds: '4' });

  expect((await api.call('GET', `/v1/video/generations/${id}`)).status).toBe(200);
  expect((await api.call('GET', `/v1/video/generations/${id}`, { key: 'sk-other-0123456789abcdef' })).body.error.code).toBe('not_found');
  expect((await api.call('GET', '/v1/video/generations/task_0')).body.error.code).toBe('not_found');
});
