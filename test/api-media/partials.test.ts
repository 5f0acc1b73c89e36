import { useApi, KEYS } from '../api/support/api';
import { readEvents } from '../api/support/events';
import { anImage, finish, showPartial } from './support/media';

const api = useApi();

const image = { type: 'image', model: 'image-test', input: { prompt: 'A lamp.' } };
const submit = async (output: object): Promise<string> => (await api.call('POST', '/v1/tasks', { body: { ...image, output } })).body.id;
const read = (path: string, key: string = KEYS.site) => fetch(path, { headers: { authorization: `Bearer ${key}` } });

test('a running task that asked for partial images shows the newest one, and none once it has ended', async () => {
  const [first, second] = [await anImage(10), await anImage(20)];
  const id = await submit({ partial_images: 2 });
  const previewOf = async () => (await api.call('GET', `/v1/tasks/${id}`)).body.preview_url;

  expect(await previewOf()).toBeNull();
  await showPartial(api, id, 0, first);
  const preview = await previewOf();
  const answer = await read(preview);

  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('image/png');
  expect(answer.headers.get('cache-control')).toMatch(/private/);
  expect(Buffer.from(await answer.arrayBuffer()).equals(first)).toBe(true);

  await showPartial(api, id, 1, second);
  expect(await previewOf()).toBe(`${api.origin}/v1/tasks/${id}/partials/1`);
  await finish(api, id, [second]);
  expect(await previewOf()).toBeNull();
  expect((await api.call('GET', `/v1/tasks/${id}`)).body.outputs).toHaveLength(1);
});

test('who follows a task is told of its partial images', async () => {
  const id = await submit({ partial_images: 1 });
  const bytes = await anImage(30);

  const events = await readEvents(`${api.origin}/v1/tasks/${id}/events`, {
    onEvent: async ({ data }) => {
      if (data.status === 'queued' && data.preview_url === null) await showPartial(api, id, 0, bytes);
      if (data.preview_url !== null) await finish(api, id, [bytes]);
    },
  });

  expect(events.map(({ data }) => data.preview_url)).toContain(`${api.origin}/v1/tasks/${id}/partials/0`);
  expect(events.at(-1)).toMatchObject({ event: 'task.succeeded', data: { preview_url: null } });
});

test.each(['1', '7', '-1', 'x', '0x0', '00'])('a partial image that was not asked for is not found: %s', async (n) => {
  const id = await submit({ partial_images: 1 });
  await showPartial(api, id, 0, await anImage(40));

  const { status, body } = await api.call('GET', `/v1/tasks/${id}/partials/${n}`);

  expect([status, body.error.code]).toEqual([404, 'not_found']);
  expect(body.error.message).toContain('asked for 1');
});

test('a partial image of another team is not found', async () => {
  const id = await submit({ partial_images: 1 });
  await showPartial(api, id, 0, await anImage(50));

  expect((await read(`${api.origin}/v1/tasks/${id}/partials/0`, KEYS.other)).status).toBe(404);
});

test.each([
  [4, 'invalid_value'],
  ['two', 'invalid_type'],
])('a count of partial images that is none is refused: %j', async (count, code) => {
  const { status, body } = await api.call('POST', '/v1/tasks', { body: { ...image, output: { partial_images: count } } });

  expect([status, body.error.code, body.error.param]).toEqual([400, code, 'output.partial_images']);
});
