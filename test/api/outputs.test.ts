import { createAssetWriter, createObjectStore } from '../../adapters/storage';
import sharp from 'sharp';
import { useApi } from './support/api';
import { readEvents } from './support/events';
import { settle } from './support/lane';

const api = useApi();
const picture = { type: 'image', model: 'picture-test', input: { prompt: 'A red fox.' } };

async function submit(): Promise<string> {
  return (await api.call('POST', '/v1/tasks', { body: picture })).body.id;
}

async function finish(id: string): Promise<Buffer> {
  const png = await sharp({ create: { width: 64, height: 32, channels: 3, background: '#0a0' } })
    .png()
    .toBuffer();
  const task = await api.database.tasks.get(id, null);
  const objects = createObjectStore(api.bucket);
  const asset = await createAssetWriter(objects).write({
    id: `asset_${id.slice(5)}`,
    teamId: task!.teamId,
    taskId: id,
    index: 0,
    expect: 'image',
    source: { bytes: png },
    revisedPrompt: null,
    watermark: null,
    format: null,
    compression: null,
  });
  objects.close();
  await api.database.assets.insert([asset]);
  await settle(api.database.tasks, id, null);
  return png;
}

test('events tell every change, the terminal one last, with outputs', async () => {
  const id = await submit();

  const events = await readEvents(`${api.origin}/v1/tasks/${id}/events`, {
    onEvent: async ({ data }) => {
      if (data.status === 'queued' && data.progress === 0) await api.database.tasks.setProgress(id, 'waiting_provider', 0.5);
      if (data.progress === 0.5) await finish(id);
    },
  });

  expect(events.at(0)).toMatchObject({ event: 'task.updated', data: { status: 'queued' } });
  expect(events.at(-1)).toMatchObject({ event: 'task.succeeded', data: { status: 'succeeded', progress: 1 } });
  expect(events.at(-1)!.data.outputs).toHaveLength(1);
  const ids = events.map((event) => Number(event.id));
  expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right));
});

test('Last-Event-ID resumes behind the event it names', async () => {
  const id = await submit();
  const seen = (await api.database.tasks.get(id, null))!.version;
  await finish(id);

  const events = await readEvents(`${api.origin}/v1/tasks/${id}/events`, { headers: { 'last-event-id': String(seen) } });
  const nothing = await api.call('GET', `/v1/tasks/${id}/events`, { headers: { 'last-event-id': events.at(-1)!.id } });

  expect(events.map(({ event }) => event)).toEqual(['task.succeeded']);
  expect(nothing.status).toBe(204);
});

test('an output is read by its signed link and through the api, whole and by range', async () => {
  const id = await submit();
  const png = await finish(id);

  const { body: task } = await api.call('GET', `/v1/tasks/${id}`);
  const [output] = task.outputs;
  const signed = Buffer.from(await (await fetch(output.url)).arrayBuffer());
  const whole = await fetch(task.links.result, { headers: { authorization: `Bearer ${api.siteKey}` } });
  const part = await fetch(task.links.result, { headers: { authorization: `Bearer ${api.siteKey}`, range: 'bytes=1-3' } });

  expect(output).toMatchObject({ kind: 'image', content_type: 'image/png', width: 64, height: 32, bytes: png.length, duration_s: null });
  expect(new Date(output.expires_at).getTime()).toBeGreaterThan(Date.now() + 3_000_000);
  expect(signed.equals(png)).toBe(true);
  expect(Buffer.from(await whole.arrayBuffer()).equals(png)).toBe(true);
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, `bytes 1-3/${png.length}`, 'PNG']);
});

test('an output that is not there says why', async () => {
  const id = await submit();

  const answer = await api.call('GET', `/v1/tasks/${id}/outputs/0/content`);

  expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
  expect(answer.body.error.message).toContain('queued');
});

test('an own signed link given as input is taken as its asset', async () => {
  const id = await submit();
  await finish(id);
  const { url, id: assetId } = (await api.call('GET', `/v1/tasks/${id}`)).body.outputs[0];

  const answer = await api.call('POST', '/v1/tasks', { body: { ...picture, input: { prompt: 'x', images: [{ url }] } } });

  expect(answer.body.input.images).toEqual([{ asset_id: assetId, role: 'reference' }]);
});
