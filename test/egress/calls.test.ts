import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createEgress } from '../../adapters/egress';
import { eventually } from '../support/eventually';
import { startServer, type TestServer } from './server';

const servers: TestServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(listener: RequestListener): Promise<TestServer> {
  const server = await startServer(listener);
  servers.push(server);
  return server;
}

const egress = createEgress({ allowLoopback: true, forbiddenPorts: () => [] });
const GET = { maxBytes: 1_000, timeoutMs: 5_000 };
const POST = { headers: { 'content-type': 'application/json', 'webhook-id': 'evt_1' }, body: '{"a":1}', timeoutMs: 5_000 };

async function fetchAll(url: string, options: Partial<typeof GET> & { signal?: AbortSignal } = {}): Promise<Buffer> {
  const { body } = await egress.fetch(url, { ...GET, ...options });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function redirect(response: ServerResponse, location: string, status = 302): void {
  response.writeHead(status, { location }).end();
}

test('a file is fetched with its content type, asking for no compression', async () => {
  const server = await serve((_request, response) => response.setHeader('content-type', 'image/png').end('image'));

  const { body, contentType } = await egress.fetch(`${server.url}/a.png`, GET);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);

  expect(Buffer.concat(chunks).toString()).toBe('image');
  expect(contentType).toBe('image/png');
  expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
});

test('three redirects are followed and a fourth is not', async () => {
  const server = await serve((request, response) => {
    const left = Number(new URL(request.url ?? '', 'http://x').searchParams.get('left'));
    if (left === 0) response.end('arrived');
    else redirect(response, `/?left=${left - 1}`, 307);
  });

  expect((await fetchAll(`${server.url}/?left=3`)).toString()).toBe('arrived');
  await expect(fetchAll(`${server.url}/?left=4`)).rejects.toMatchObject({ code: 'input_fetch_failed' });
});

test.each([
  'http://10.0.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'https://[::ffff:10.0.0.1]/',
  'file:///etc/passwd',
  'http://0/',
])('a redirect to %s is refused', async (location) => {
  const server = await serve((_request, response) => redirect(response, location));

  await expect(fetchAll(server.url)).rejects.toMatchObject({ code: 'invalid_url' });
});

test('a redirect to a port of the installation is refused before it is called', async () => {
  const ours = await serve((_request, response) => response.end('secret'));
  const server = await serve((_request, response) => redirect(response, `http://localhost:${ours.port}/`));
  const guarded = createEgress({ allowLoopback: true, forbiddenPorts: () => [ours.port] });

  await expect(guarded.fetch(server.url, GET)).rejects.toMatchObject({ code: 'invalid_url' });
  expect(ours.connections()).toBe(0);
});

test('the forbidden ports are asked for at every call', async () => {
  const server = await serve((_request, response) => response.end('ok'));
  const ports: number[] = [];
  const guarded = createEgress({ allowLoopback: true, forbiddenPorts: () => ports });
  await guarded.post(server.url, POST);

  ports.push(server.port);

  await expect(guarded.post(server.url, POST)).rejects.toMatchObject({ code: 'invalid_url' });
});

test('a file that says it is too large is not read', async () => {
  const server = await serve((_request, response) => response.setHeader('content-length', '5000').end('x'.repeat(5000)));

  await expect(egress.fetch(server.url, GET)).rejects.toMatchObject({ code: 'input_fetch_failed' });
});

test('a file that does not say its size is cut at the limit, and its sender is hung up on', async () => {
  let hungUp = false;
  const server = await serve((request, response) => {
    request.socket.on('close', () => (hungUp = true));
    const pump = () => {
      while (!hungUp && response.write('x'.repeat(1_000)));
    };
    response.on('drain', pump);
    pump();
  });

  await expect(fetchAll(server.url)).rejects.toMatchObject({
    code: 'input_fetch_failed',
    message: expect.stringContaining('larger') as string,
  });
  await eventually(() => hungUp, { withinMs: 5_000 });
});

test('a body that drips is cut when the time is over', async () => {
  const server = await serve((_request, response) => {
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const startedAt = performance.now();

  await expect(fetchAll(server.url, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'input_fetch_failed' });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test('a server that never answers is given up on', async () => {
  const server = await serve(() => undefined);

  await expect(egress.fetch(server.url, { ...GET, timeoutMs: 200 })).rejects.toMatchObject({ code: 'input_fetch_failed' });
  await expect(egress.post(server.url, { ...POST, timeoutMs: 200 })).rejects.toMatchObject({ code: 'input_fetch_failed' });
});

test('the caller can stop a fetch', async () => {
  const controller = new AbortController();
  const server = await serve(() => controller.abort());

  await expect(fetchAll(server.url, { signal: controller.signal })).rejects.toMatchObject({ code: 'input_fetch_failed' });
});

test('a compressed body is refused, as it could unpack to any size', async () => {
  const bomb = gzipSync(Buffer.alloc(1_000_000));
  const server = await serve((_request, response) => response.setHeader('content-encoding', 'gzip').end(bomb));

  await expect(egress.fetch(server.url, { ...GET, maxBytes: 10_000 })).rejects.toMatchObject({ code: 'input_fetch_failed' });
});

test('a status that is no success is an error that names host and status, not the path', async () => {
  const server = await serve((_request, response) => response.writeHead(404).end('nothing'));

  const error = await egress.fetch(`${server.url}/signed?token=hunter2`, GET).catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: 'input_fetch_failed' });
  expect(String(error)).toContain('404');
  expect(String(error)).not.toContain('hunter2');
});

test('a port where nothing listens is said in plain words', async () => {
  const server = await startServer();
  await server.close();

  await expect(egress.post(server.url, POST)).rejects.toMatchObject({
    code: 'input_fetch_failed',
    message: `127.0.0.1:${server.port} did not answer: nothing listens there.`,
  });
});

test('a post sends body and headers as given and reports status, duration and the beginning of the answer', async () => {
  let received = '';
  const server = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => (received += chunk.toString()));
    request.on('end', () => response.writeHead(503, { 'content-type': 'text/plain' }).end('out of order'));
  });

  const answer = await egress.post(`${server.url}/hook?x=1`, POST);

  expect(answer).toEqual({ status: 503, excerpt: 'out of order', durationMs: expect.any(Number) as number });
  expect(received).toBe('{"a":1}');
  expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/hook?x=1', headers: { 'webhook-id': 'evt_1' } });
});

test('a redirect is an answer to a post and is never followed', async () => {
  const target = await serve((_request, response) => response.end('reached'));
  const server = await serve((_request, response) => redirect(response, target.url, 307));

  expect(await egress.post(server.url, POST)).toMatchObject({ status: 307 });
  expect(target.connections()).toBe(0);
});

test('the excerpt is at most one kilobyte of plain text, without a broken character at its end', async () => {
  const server = await serve((_request, response) => response.end(`\u0007a${'é'.repeat(5_000)}`));

  const { excerpt } = await egress.post(server.url, POST);

  expect(Buffer.byteLength(excerpt)).toBeLessThanOrEqual(1_000);
  expect(excerpt).toMatch(/^aé+$/);
});

test('a binary answer gives an empty excerpt', async () => {
  const server = await serve((_request, response) => response.end(Buffer.from([0x89, 0x50, 0, 1, 2])));

  expect(await egress.post(server.url, POST)).toMatchObject({ status: 200, excerpt: '' });
});

test('a status counts although its body never ends', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200);
    response.write('taken');
  });

  expect(await egress.post(server.url, { ...POST, timeoutMs: 500 })).toMatchObject({ status: 200, excerpt: 'taken' });
});
