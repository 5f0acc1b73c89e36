import { toFile } from 'openai';
import { KEYS, useApi } from '../api/support/api';
import { eventually } from '../support/eventually';
import { end, video, finish, anImage } from './support/media';

const api = useApi();
let bytes: Buffer;

beforeAll(async () => {
  bytes = await video();
});

async function completed(): Promise<string> {
  const { id } = await api.client().videos.create({ model: 'video-test', prompt: 'a cat', seconds: '4' });
  await finish(api, id, [bytes]);
  return id;
}

test('the SDK starts a video, polls it and downloads it', async () => {
  const client = api.client();
  const reference = await toFile(await anImage(), 'first.png', { type: 'image/png' });

  const { data: created, response } = await client.videos
    .create({ model: 'video-test', prompt: 'a cat', seconds: '8', size: '1280x720', input_reference: reference })
    .withResponse();
  const task = (await api.database.tasks.get(created.id, null))!;
  await api.database.tasks.setProgress(created.id, 'waiting_provider', 0.42);
  await finish(api, created.id, [bytes]);
  const done = await client.videos.retrieve(created.id);
  const content = Buffer.from(await (await client.videos.downloadContent(created.id)).arrayBuffer());

  expect(created).toMatchObject({ object: 'video', model: 'video-test', status: 'queued', progress: 0, seconds: '8', size: '1280x720' });
  expect(created).toMatchObject({ completed_at: null, expires_at: null, error: null, remixed_from_video_id: null, prompt: 'a cat' });
  expect(response.headers.get('openai-poll-after-ms')).toMatch(/^\d+$/);
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(response.headers.get('x-atelier-run-id')).toBe(created.id);
  expect(task.input).toMatchObject({ operation: 'video', output: { duration_s: 8, size: '1280x720' }, images: [{ role: 'first_frame' }] });
  expect(done).toMatchObject({ status: 'completed', progress: 100, seconds: '1', size: '128x96' });
  expect(content.equals(bytes)).toBe(true);
});

test('a JSON body and multipart fields with brackets and text numbers mean the same', async () => {
  const dataUrl = `data:image/png;base64,${(await anImage(5)).toString('base64')}`;
  const extras = { aspect_ratio: '16:9', resolution: '720p', negative_prompt: 'dogs' };
  const form = new FormData();
  const fields = {
    model: 'video-test',
    prompt: 'x',
    seconds: '4',
    seed: '0',
    audio: 'true',
    'input_reference[image_url]': dataUrl,
    ...extras,
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);

  const json = await api.call('POST', '/v1/videos', {
    body: { model: 'video-test', prompt: 'x', seconds: 4, seed: 0, audio: true, input_reference: { image_url: dataUrl }, ...extras },
  });
  const multipart = await fetch(`${api.origin}/v1/videos`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}` },
    body: form,
  });
  const both = [json.body, await multipart.json()];

  for (const { id } of both) {
    const { input } = (await api.database.tasks.get(id, null))!;
    expect(input).toMatchObject({
      negative_prompt: 'dogs',
      output: { duration_s: 4, seed: 0, audio: true, aspect_ratio: '16:9', resolution: '720p' },
      images: [{ role: 'first_frame', source: { assetId: expect.stringMatching(/^asset_/) } }],
    });
  }
});

test('without a model the only video model serves, and a refused callback_url is named and stores nothing', async () => {
  const created = await api.call('POST', '/v1/videos', { body: { prompt: 'x', seconds: 4 } });
  const before = api.started.length;
  const refused = await api.call('POST', '/v1/videos', { body: { prompt: 'x', seconds: 4, callback_url: 'http://10.0.0.1/hook' } });

  expect(created.body.model).toBe('video-test');
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_url', param: 'callback_url' } } });
  expect(api.started.length).toBe(before);
});

test('content comes whole, by range, by HEAD and as a thumbnail', async () => {
  const id = await completed();
  const path = `/v1/videos/${id}/content`;
  const get = (headers: Readonly<Record<string, string>>, query = '', method = 'GET') =>
    fetch(`${api.origin}${path}${query}`, { method, headers: { authorization: `Bearer ${KEYS.site}`, ...headers } });

  const range = await get({ range: 'bytes=4-7' });
  const tail = await get({ range: 'bytes=-10' });
  const beyond = await get({ range: 'bytes=999999999-' });
  const head = await get({}, '', 'HEAD');
  const unchanged = await get({ 'if-none-match': head.headers.get('etag')! });
  const thumbnail = await get({}, '?variant=thumbnail');
  const sheet = await get({}, '?variant=spritesheet');

  expect(range.status).toBe(206);
  expect(Buffer.from(await range.arrayBuffer()).toString()).toBe('ftyp');
  expect(range.headers.get('content-range')).toBe(`bytes 4-7/${String(bytes.length)}`);
  expect(Buffer.from(await tail.arrayBuffer()).equals(bytes.subarray(-10))).toBe(true);
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get('content-range')).toBe(`bytes */${String(bytes.length)}`);
  expect([head.status, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([
    200,
    String(bytes.length),
    'video/mp4',
  ]);
  expect(unchanged.status).toBe(304);
  expect(thumbnail.headers.get('content-type')).toBe('image/webp');
  expect((await thumbnail.arrayBuffer()).byteLength).toBeGreaterThan(50);
  expect(sheet.status).toBe(400);
  expect(await sheet.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'variant' } });
});

test('content of a video that is not ready is 400 video_not_ready', async () => {
  const { body } = await api.call('POST', '/v1/videos', { body: { prompt: 'x', seconds: 4 } });

  const answer = await api.call('GET', `/v1/videos/${body.id}/content`);

  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'video_not_ready' } } });
});

test('cancelled and failed videos are "failed" to the SDK, with a code', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 2; count += 1)
    ids.push((await api.call('POST', '/v1/videos', { body: { prompt: 'x', seconds: 4 } })).body.id);
  await end(api, ids[0]!, 'cancelled');
  await end(api, ids[1]!, 'failed', 'provider_unavailable');

  const shown = await Promise.all(ids.map(async (id) => (await api.call('GET', `/v1/videos/${id}`)).body));

  expect(shown.map(({ status, error }) => [status, error.code])).toEqual([
    ['failed', 'cancelled'],
    ['failed', 'provider_unavailable'],
  ]);
});

test('the list pages by cursor in both orders', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1)
    ids.push((await api.call('POST', '/v1/videos', { body: { prompt: 'x', seconds: 4 } })).body.id);

  const first = await api.call('GET', '/v1/videos?limit=2');
  const second = await api.call('GET', `/v1/videos?limit=1&after=${first.body.last_id}`);
  const oldest = await api.call('GET', '/v1/videos?limit=1&order=asc');
  const wrong = await api.call('GET', '/v1/videos?limit=0');
  const others = await api.call('GET', '/v1/videos', { key: KEYS.other });

  expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
  expect(first.body).toMatchObject({ object: 'list', first_id: ids[2], last_id: ids[1], has_more: true });
  expect(second.body.data[0].id).toBe(ids[0]);
  expect(oldest.body.has_more).toBe(true);
  expect(wrong).toMatchObject({ status: 400, body: { error: { param: 'limit' } } });
  expect(others.body).toMatchObject({ data: [], has_more: false, first_id: null });
});

test('deleting a running video cancels it first; it is gone from the list and from sight', async () => {
  const { body } = await api.call('POST', '/v1/videos', { body: { prompt: 'x', seconds: 4 } });
  const deleting = api.client().videos.delete(body.id);
  const deleted = deleting.then((answer) => answer);
  await eventually(() => api.cancelled.includes(body.id), { withinMs: 5_000 });
  await end(api, body.id, 'cancelled');

  expect(await deleted).toMatchObject({ id: body.id, object: 'video.deleted', deleted: true });
  const list = await api.call('GET', '/v1/videos?limit=100');
  expect(list.body.data.map(({ id }: { id: string }) => id)).not.toContain(body.id);
  expect((await api.call('GET', `/v1/videos/${body.id}`)).status).toBe(404);
});

test('a remix is a new video with the stored input and another prompt', async () => {
  const id = await completed();

  const remix = await api.client().videos.remix(id, { prompt: 'a dog' });
  const early = await api.call('POST', `/v1/videos/${remix.id}/remix`, { body: { prompt: 'y' } });

  expect(remix).toMatchObject({ remixed_from_video_id: id, prompt: 'a dog', seconds: '4', status: 'queued' });
  expect(early.body.error.code).toBe('video_not_ready');
});

test("another team's video is not there", async () => {
  const id = await completed();

  const answers = await Promise.all(
    [`/v1/videos/${id}`, `/v1/videos/${id}/content`].map((path) => api.call('GET', path, { key: KEYS.other })),
  );
  answers.push(await api.call('DELETE', `/v1/videos/${id}`, { key: KEYS.other }));
  answers.push(await api.call('POST', `/v1/videos/${id}/remix`, { key: KEYS.other, body: { prompt: 'x' } }));

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});

test.each([
  ['seconds that are no number', { seconds: 'long' }, 'seconds'],
  ['a video of an hour', { seconds: 3_600 }, 'seconds'],
  ['two ways to name one image', { input_reference: { image_url: 'https://example.com/a.png', file_id: 'asset_1' } }, 'input_reference'],
])('%s is a 400 that names the parameter', async (_name, change, param) => {
  const answer = await api.call('POST', '/v1/videos', { body: { prompt: 'x', seconds: 4, ...change } });

  expect(answer.status).toBe(400);
  expect(answer.body.error.param).toBe(param);
});
