import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cli } from './support/run-cli';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that stands where an installation should. @returns its origin */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<string> {
  const origin = await serve(() => undefined);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return origin;
}

const doctor = (baseUrl: string, ...more: string[]) => cli(['doctor', '--base-url', baseUrl, '--key', 'sk-x', ...more]);
const json = (body: unknown) => ({ type: 'application/json', body: JSON.stringify(body) });
const MODELS = { object: 'list', data: [{ id: 'words', modality: 'text', available: true }] };
const DELTA = `data: ${JSON.stringify({ choices: [{ delta: { content: 'word ' } }] })}\n\n`;

/** An installation in which all is well but the stream. */
const withStream =
  (stream: RequestListener): RequestListener =>
  (request, response) => {
    const answers: Record<string, unknown> = {
      '/healthz': { status: 'ok', version: '1' },
      '/readyz': { status: 'ready' },
      '/v1/models': MODELS,
    };
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': request.headers['access-control-request-headers'] };
    for (const [name, value] of Object.entries(cors)) if (value !== undefined) response.setHeader(name, value);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (Buffer.concat(chunks).includes('"stream":true')) {
        stream(request, response);
        return;
      }
      // Whatever a client makes of the address: all of it is the list.
      const url = /models\/?$/.test(request.url ?? '') ? '/v1/models' : (request.url ?? '');
      const { type, body } = json(answers[url] ?? { choices: [{ message: { content: 'One, two.' } }] });
      response.setHeader('content-type', type).end(body);
    });
  };

test('a closed port: nothing answers, start it', async () => {
  const result = await doctor(`${await closedPort()}/v1`);

  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/✗ \/healthz +Nothing answers at/);
  expect(result.stdout).toContain('npm start');
  expect(result.stdout).toMatch(/- Chat +Not checked/);
});

test('a model that its vendor ends soon is pointed out, and is no failure', async () => {
  const warnings = ['The vendor of words shuts it down on 2026-12-11, in 13 days. Move to another model.'];
  const origin = await serve((request, response) => {
    const body =
      request.url === '/v1/models' ? { object: 'list', data: [{ ...MODELS.data[0], warnings }] } : { status: 'ok', version: '1' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });

  const { steps } = (await doctor(`${origin}/v1`, '--json')).json();

  expect(steps.find((step: any) => step.name === 'models')).toMatchObject({ ok: true, advice: warnings });
});

test('a server that answers 404 to everything is not Atelier', async () => {
  const origin = await serve((_request, response) => response.writeHead(404).end('nothing here'));

  const result = await doctor(`${origin}/v1`, '--json');

  expect(result.code).toBe(1);
  const wrong = result.json().steps.filter((step: any) => step.ok === false);
  expect(wrong.map((step: any) => step.name)).toEqual(['healthz', 'key']);
  expect(wrong[0].message).toContain('there is no Atelier');
  expect(wrong[1].message).toContain('404');
  expect(result.json().ok).toBe(false);
});

test('a name that nobody knows', async () => {
  const result = await doctor('http://atelier.invalid/v1', '--json');

  expect(result.json().steps[0]).toMatchObject({ name: 'name', ok: false, message: expect.stringContaining('atelier.invalid') });
  expect(
    result
      .json()
      .steps.slice(1)
      .every((step: any) => step.ok === null),
  ).toBe(true);
});

test('a forbidden key is told apart from an unknown one', async () => {
  const body = JSON.stringify({ error: { message: 'Not from this network.', code: 'forbidden', type: 'permission_error', param: null } });
  const origin = await serve((request, response) =>
    request.url === '/v1/models' ? response.writeHead(403).end(body) : response.end(JSON.stringify({ status: 'ok' })),
  );

  const { steps } = (await doctor(`${origin}/v1`, '--json')).json();

  expect(steps.find((step: any) => step.name === 'key').message).toBe('The key is known but may not do this: Not from this network.');
});

test('a web site in place of the api', async () => {
  const origin = await serve((_request, response) => response.setHeader('content-type', 'text/html').end('<h1>Welcome</h1>'));

  const { steps } = (await doctor(`${origin}/v1`, '--json')).json();

  expect(steps.find((step: any) => step.name === 'key').message).toContain('a web site or another service');
});

test('a redirect is named, not followed with the key', async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  });
  const origin = await serve((_request, response) => response.writeHead(301, { location: `${other}/v1` }).end());

  const result = await doctor(`${origin}/v1`);

  expect(result.stdout).toContain(`redirects to ${other}/v1`);
  expect(seen).toEqual([]);
});

test('a stream that a proxy holds back until its end', async () => {
  const origin = await serve(
    withStream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      setTimeout(() => response.end(`${DELTA.repeat(10)}data: [DONE]\n\n`), 1_200);
    }),
  );

  const result = await doctor(`${origin}/v1`);

  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/✗ Stream +All 10 chunks came at once/);
  expect(result.stdout).toContain('proxy_buffering off');
});

test('a stream that is cut before [DONE]', async () => {
  const origin = await serve(
    withStream((_request, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(DELTA)),
  );

  const result = await doctor(`${origin}/v1`);

  expect(result.stdout).toMatch(/✗ Stream +The stream ended before its \[DONE\]/);
});

test('a stream whose parts come over time is fine', async () => {
  const origin = await serve(
    withStream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(DELTA);
        sent += 1;
        if (sent < 6) return;
        clearInterval(timer);
        response.end('data: [DONE]\n\n');
      }, 200);
    }),
  );

  const result = await doctor(`${origin}/v1`);

  expect(result.code).toBe(0);
  expect(result.stdout).toMatch(/✓ Stream +6 chunks in/);
});
