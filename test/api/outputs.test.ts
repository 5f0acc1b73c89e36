import { createAssetWriter } from '../../adapters/storage/asset-writer';
import { createObjectStore } from '../../adapters/storage/object-store';
import sharp from 'sharp';
import { useApi, type TestApi } from './support/api';
import { readEvents } from './support/events';
import { settle } from './support/lane';

const api = useApi();
const redirecting = useApi({ redirectsLinks: true });
const image = { type: 'image', model: 'image-test', input: { prompt: 'A red fox.' } };

async function submit(on: TestApi = api): Promise<string> {
  return (await on.call('POST', '/v1/tasks', { body: image })).body.id;
}

async function finish(id: string, on: TestApi = api): Promise<Buffer> {
  const png = await sharp({ create: { width: 64, height: 32, channels: 3, background: '#0a0' } })
    .png()
    .toBuffer();
  const task = await on.database.tasks.get(id, null);
  const objects = createObjectStore(on.bucket);
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
  await on.database.assets.insert([asset]);
  await settle(on.database.tasks, id, null);
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

describe('a signed link', () => {
  async function anOutput() {
    const id = await submit();
    const png = await finish(id);
    const { body: task } = await api.call('GET', `/v1/tasks/${id}`);
    return { png, task, output: task.outputs[0] };
  }

  test('answers HEAD as GET, with a name and an extension, a strong ETag and ranges', async () => {
    const { png, output } = await anOutput();
    const [head, whole, part, known] = await Promise.all([
      fetch(output.url, { method: 'HEAD' }),
      fetch(output.url),
      fetch(output.url, { headers: { range: 'bytes=1-3' } }),
      fetch(output.url, { headers: { 'if-none-match': `"${output.sha256}"` } }),
    ]);

    expect([head.status, whole.status, part.status, known.status]).toEqual([200, 200, 206, 304]);
    for (const name of ['content-type', 'content-length', 'content-disposition', 'etag', 'accept-ranges', 'cache-control']) {
      expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
    }
    expect(await head.text()).toBe('');
    expect(head.headers.get('content-length')).toBe(String(png.length));
    expect(head.headers.get('content-disposition')).toBe(`inline; filename="${output.id}.png"`);
    expect(head.headers.get('etag')).toBe(`"${output.sha256}"`);
    expect(await part.text()).toBe('PNG');
  });

  test('leads to the thumbnail, too', async () => {
    const { output } = await anOutput();
    const [head, thumbnail] = await Promise.all([fetch(output.thumbnail_url, { method: 'HEAD' }), fetch(output.thumbnail_url)]);

    expect([head.status, thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 200, 'image/webp']);
    expect(head.headers.get('content-disposition')).toBe(`inline; filename="${output.id}-thumbnail.webp"`);
    expect(await sharp(await thumbnail.arrayBuffer()).metadata()).toMatchObject({ format: 'webp' });
  });

  test('sends the reader of a file to the object store where users can reach it, under its name; HEAD is answered at once', async () => {
    const id = await submit(redirecting);
    const png = await finish(id, redirecting);
    const [output] = (await redirecting.call('GET', `/v1/tasks/${id}`)).body.outputs;
    const first = await fetch(output.url, { redirect: 'manual' });
    const head = await fetch(output.url, { method: 'HEAD', redirect: 'manual' });
    const followed = await fetch(output.url);

    expect([first.status, first.headers.get('location')]).toEqual([302, expect.stringContaining(redirecting.bucket.endpoint)]);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(png.length)]);
    expect(Buffer.from(await followed.arrayBuffer()).equals(png)).toBe(true);
    expect(followed.headers.get('content-disposition')).toBe(head.headers.get('content-disposition'));
  });

  test('opens nothing else, and nothing once its hour is over', async () => {
    const [one, other] = [(await anOutput()).output, (await anOutput()).output];
    const changed = (change: (url: URL) => void): string => {
      const url = new URL(one.url);
      change(url);
      return url.href;
    };
    const links = [
      changed((url) => url.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1))),
      changed((url) => url.searchParams.set('expires', 'never')),
      changed((url) => url.searchParams.delete('expires')),
      changed((url) => url.searchParams.set('signature', '')),
      changed((url) => url.searchParams.append('signature', 'x')),
      changed((url) => (url.pathname = url.pathname.replace('/content', '/thumbnail'))),
      changed((url) => (url.pathname = new URL(other.url).pathname)),
    ];

    for (const link of links) {
      const answer = await fetch(link);
      expect([answer.status, ((await answer.json()) as any).error.code]).toEqual([403, 'invalid_link']);
    }
    const bare = await fetch(changed((url) => (url.search = '')));
    expect(bare.status).toBe(401);
  });
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

  const answer = await api.call('POST', '/v1/tasks', { body: { ...image, input: { prompt: 'x', images: [{ url }] } } });

  expect(answer.body.input.images).toEqual([{ asset_id: assetId, role: 'reference' }]);
});
