import { createHash } from 'node:crypto';
import type { Caller } from '../../domain/access/caller';
import { KEYS, useApi } from '../api/support/api';
import { aMediaInput, anImageTask, PROMPT, retain, succeed, useHouse } from './support/house';

const api = useApi();
const house = useHouse(
  () => api.database,
  () => api.bucket,
);

async function theCaller(): Promise<Caller> {
  const caller = await api.catalogueStore.findCaller(createHash('sha256').update(KEYS.site).digest('hex'));
  if (caller === null) throw new Error('The key is unknown.');
  return caller;
}

async function anEndedTask(operation: 'image' | 'video') {
  const caller = await theCaller();
  await retain(api.database, caller, 1);
  const endpoint = operation === 'video' ? 'videos' : 'tasks';
  const model = operation === 'video' ? 'video-test' : 'image-test';
  const id = await anImageTask(api.database, caller, { type: operation, operation, endpoint, model, input: aMediaInput({ operation }) });
  const asset = await succeed(house, caller, id);
  return { caller, id, asset };
}

const GONE = {
  status: 404,
  body: { error: { code: 'not_found', message: expect.stringContaining("outlived the team's retention") as string } },
};

test('links that are given out work for an hour, and none is given out once the retention has passed', async () => {
  const { id, asset } = await anEndedTask('image');
  const paths = [`/v1/tasks/${id}`, `/v1/assets/${asset.id}`];
  const linksOf = async () => {
    const [task, file] = await Promise.all(paths.map(async (path) => (await api.call('GET', path)).body));
    const list = (await api.call('GET', '/v1/tasks?limit=100')).body.data.find((entry: { id: string }) => entry.id === id);
    return [task.outputs[0], list.outputs[0], file];
  };

  for (const { url, thumbnail_url: thumbnail } of await linksOf()) {
    for (const link of [url, thumbnail]) {
      expect(Number(new URL(link).searchParams.get('expires')) - Date.now() / 1_000).toBeLessThanOrEqual(3_600);
    }
  }

  await api.database.query(`update tasks set finished_at = now() - interval '1 day' where id = $1`, [id]);
  for (const output of await linksOf()) expect(output).toMatchObject({ url: null, thumbnail_url: null, expires_at: null, bytes: 5 });
});

test('a task whose retention has passed says so, and keeps its cost', async () => {
  const { caller, id, asset } = await anEndedTask('image');
  const { finished_at: finishedAt } = (await api.call('GET', `/v1/tasks/${id}`)).body;

  await house.keepHouse(1.1);

  const { status, body, text } = await api.call('GET', `/v1/tasks/${id}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'succeeded',
    input: null,
    text: null,
    output: { size: '512x512', seed: 7 },
    outputs: [{ id: asset.id, url: null, thumbnail_url: null, expires_at: null, content_type: 'image/png' }],
    cost: { actual: '0.00004' },
    expired_contents_at: new Date(new Date(finishedAt).getTime() + 86_400_000).toISOString(),
  });
  expect(text).not.toContain(PROMPT);
  expect((await api.call('GET', `/v1/assets/${asset.id}`)).body).toMatchObject({
    url: null,
    expired_contents_at: body.expired_contents_at,
  });
  expect(await api.call('GET', `/v1/tasks/${id}/outputs/0/content`)).toMatchObject(GONE);
  expect(await api.call('GET', `/v1/assets/${asset.id}/content`)).toMatchObject(GONE);
  const again = { type: 'image', model: 'image-test', input: { prompt: 'x', images: [{ asset_id: asset.id }] } };
  expect(await api.call('POST', '/v1/tasks', { body: again })).toMatchObject({
    status: 404,
    body: { error: { param: 'input.images[0].asset_id' } },
  });
  await retain(api.database, caller, null);
  expect((await api.call('GET', `/v1/tasks/${id}`)).body.input).toBeNull();
});

test('a task that is kept shows no end of its contents', async () => {
  const { id } = await anEndedTask('image');

  expect((await api.call('GET', `/v1/tasks/${id}`)).body).toMatchObject({ expired_contents_at: null, input: { prompt: PROMPT } });
});

test('a replay of it is refused in plain words, and nothing is started', async () => {
  const { id } = await anEndedTask('image');
  await house.keepHouse(1.1);
  const before = api.started.length;

  for (const body of [{}, { overrides: { input: { prompt: 'new' } } }]) {
    const answer = await api.call('POST', `/v1/tasks/${id}/replay`, { body });
    expect(answer).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', message: expect.stringContaining('cannot be replayed') as string } },
    });
    expect(answer.headers.get('x-should-retry')).toBe('false');
  }
  expect(api.started).toHaveLength(before);
});

test('a video whose retention has passed is listed, but has no content and no remix', async () => {
  const { id } = await anEndedTask('video');
  await house.keepHouse(1.1);

  expect((await api.call('GET', `/v1/videos/${id}`)).body).toMatchObject({ id, status: 'completed', prompt: '' });
  expect(await api.call('GET', `/v1/videos/${id}/content`)).toMatchObject(GONE);
  expect(await api.call('POST', `/v1/videos/${id}/remix`, { body: { prompt: 'again' } })).toMatchObject(GONE);
});
