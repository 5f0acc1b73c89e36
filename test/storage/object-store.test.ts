import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { createObjectStore, type S3ObjectStore, createStorageProbe } from '../../adapters/storage/object-store';
import { eventually } from '../support/eventually';
import { useBucket } from '../support/stack';

const bucket = useBucket();
let objects: S3ObjectStore;

beforeAll(() => {
  objects = createObjectStore({ ...bucket });
});

afterAll(() => objects.close());

async function* chunks(total: number, size: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < total; sent += size) yield Buffer.alloc(Math.min(size, total - sent), sent % 251);
}

test('what was put is read again, with type and size', async () => {
  await objects.put('a/b', Buffer.from('hello'), 'text/plain');

  const stored = await objects.get('a/b');

  expect(stored).toMatchObject({ contentType: 'text/plain', bytes: 5, contentRange: null });
  expect(Buffer.from(await objects.read('a/b')).toString()).toBe('hello');
});

test('a missing object is not found, and does not exist', async () => {
  await expect(objects.read('no/such')).rejects.toMatchObject({ code: 'not_found' });
  expect(await objects.exists('no/such')).toBe(false);
});

test('a deleted object is gone, and deleting it again does no harm', async () => {
  await objects.put('d', Buffer.from('x'), 'text/plain');
  expect(await objects.exists('d')).toBe(true);

  await objects.delete('d');
  await objects.delete('d');

  expect(await objects.exists('d')).toBe(false);
});

describe('ranges', () => {
  beforeAll(() => objects.put('range', Buffer.from('0123456789'), 'text/plain'));

  async function readRange(range: string) {
    const stored = await objects.get('range', range);
    const parts: Uint8Array[] = [];
    for await (const chunk of stored.body) parts.push(chunk);
    return { text: Buffer.concat(parts).toString(), contentRange: stored.contentRange, bytes: stored.bytes };
  }

  test.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('%s gives that part alone', async (range, text, contentRange) => {
    expect(await readRange(range)).toEqual({ text, contentRange, bytes: text.length });
  });

  test.each(['bytes=5-2', 'bytes=a-b', 'bytes=0-1,4-5', 'lines=1-2', ''])('the range "%s" is ignored', async (range) => {
    expect(await readRange(range)).toEqual({ text: '0123456789', contentRange: null, bytes: 10 });
  });

  test.each(['bytes=10-', 'bytes=50-60'])('%s lies behind the end', async (range) => {
    await expect(readRange(range)).rejects.toMatchObject({ code: 'range_not_satisfiable' });
  });
});

describe('streams', () => {
  async function openUploads(): Promise<number> {
    const client = new S3Client({ ...bucket, forcePathStyle: true, credentials: { ...bucket } });
    const list = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket.bucket }));
    client.destroy();
    return list.Uploads?.length ?? 0;
  }

  test('a body of unknown length in several parts arrives whole', async () => {
    const total = 20 * 1024 * 1024 + 17;

    await objects.putStream('large', chunks(total, 700_001), 'video/mp4');

    expect(await objects.get('large')).toMatchObject({ bytes: total, contentType: 'video/mp4' });
    expect(await openUploads()).toBe(0);
  });

  test('an empty body is an empty object', async () => {
    await objects.putStream('empty', chunks(0, 1), 'text/plain');

    expect(await objects.get('empty')).toMatchObject({ bytes: 0 });
  });

  test('a body that breaks off midway throws its own error and leaves nothing behind', async () => {
    const reason = new Error('the provider hung up');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* chunks(18 * 1024 * 1024, 1024 * 1024);
      throw reason;
    }

    await expect(objects.putStream('broken', broken(), 'video/mp4')).rejects.toBe(reason);

    expect(await objects.exists('broken')).toBe(false);
    await eventually(async () => (await openUploads()) === 0, { withinMs: 5_000 });
  });

  test('a reader who leaves early does not block the store', async () => {
    await objects.put('long', randomBytes(2_000_000), 'application/octet-stream');

    for (let reader = 0; reader < 150; reader += 1) {
      const { body } = await objects.get('long');
      for await (const chunk of body) if (chunk.length > 0) break;
    }

    expect(await objects.exists('long')).toBe(true);
  });
});

describe('links', () => {
  beforeAll(() => objects.put('teams/1/assets/asset_1', Buffer.from('image'), 'image/png'));

  test('a link works without a key and serves ranges', async () => {
    const link = await objects.sign('teams/1/assets/asset_1', 60);

    const whole = await fetch(link);
    const part = await fetch(link, { headers: { range: 'bytes=0-2' } });

    expect([whole.status, whole.headers.get('content-type'), await whole.text()]).toEqual([200, 'image/png', 'image']);
    expect([part.status, await part.text()]).toEqual([206, 'ima']);
  });

  test('a link with a download name is saved under that name', async () => {
    const link = await objects.sign('teams/1/assets/asset_1', 60, 'attachment; filename="a.png"');

    const answer = await fetch(link);

    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="a.png"');
  });

  test('a link expires', async () => {
    const link = await objects.sign('teams/1/assets/asset_1', 1);

    await eventually(async () => (await fetch(link)).status === 403, { withinMs: 10_000, everyMs: 200 });
  });

  test('a link with another signature, key or age is refused, and so is one without', async () => {
    const link = new URL(await objects.sign('teams/1/assets/asset_1', 60));
    const changed = (change: (url: URL) => void) => {
      const copy = new URL(link);
      change(copy);
      return fetch(copy);
    };

    const answers = await Promise.all([
      changed((url) => url.searchParams.set('X-Amz-Signature', 'f'.repeat(64))),
      changed((url) => (url.pathname = url.pathname.replace('asset_1', 'asset_2'))),
      changed((url) => url.searchParams.set('X-Amz-Expires', '3600')),
      changed((url) => (url.search = '')),
    ]);

    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403]);
  });

  test('links name the public address when there is one', async () => {
    const store = createObjectStore({ ...bucket, publicEndpoint: 'https://files.example.com' });

    expect(await store.sign('k', 60)).toMatch(new RegExp(`^https://files\\.example\\.com/${bucket.bucket}/k\\?`));
    store.close();
  });
});

describe('the bucket', () => {
  test('the probe tells a living store from a missing bucket and from a wrong secret', async () => {
    const missing = createObjectStore({ ...bucket, bucket: `${bucket.bucket}-missing` });
    const wrong = createObjectStore({ ...bucket, secretAccessKey: 'not-the-secret' });

    await expect(createStorageProbe(objects).check()).resolves.toBeUndefined();
    await expect(createStorageProbe(missing).check()).rejects.toMatchObject({ code: 'not_found' });
    const refused = await createStorageProbe(wrong)
      .check()
      .catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'service_unavailable' });
    expect(String(refused)).not.toContain(bucket.accessKeyId);
    missing.close();
    wrong.close();
  });
});

test('a store where nothing listens fails plainly within seconds', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  const dead = createObjectStore({ ...bucket, endpoint: `http://127.0.0.1:${port}` });
  const startedAt = performance.now();

  await expect(dead.put('k', Buffer.from('v'), 'text/plain')).rejects.toMatchObject({ code: 'service_unavailable' });
  await expect(dead.putStream('k', chunks(10, 1), 'text/plain')).rejects.toMatchObject({ code: 'service_unavailable' });
  expect(performance.now() - startedAt).toBeLessThan(8_000);
  dead.close();
});
