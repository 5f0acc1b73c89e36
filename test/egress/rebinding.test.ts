import { createEgress } from '../../adapters/egress';
import { startNameServer, type NameServer } from './name-server';
import { startServer, type TestServer } from './server';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function nameServer(answers: readonly string[]): Promise<NameServer> {
  const server = await startNameServer(answers);
  closers.push(() => server.close());
  return server;
}

async function server(where: { host: string; port?: number }): Promise<TestServer> {
  const started = await startServer((_request, response) => response.end(where.host), where);
  closers.push(() => started.close());
  return started;
}

test('a name that changes its address after the check is called at the address that was checked', async () => {
  const checked = await server({ host: '127.0.0.1' });
  const rebound = await server({ host: '127.0.0.2', port: checked.port });
  const names = await nameServer(['127.0.0.1', '127.0.0.2']);
  const egress = createEgress({ allowLoopback: true, forbiddenPorts: () => [], resolve: (name) => names.resolve(name) });

  const answer = await egress.post(`http://rebind.example.com:${checked.port}/hook`, { headers: {}, body: '{}', timeoutMs: 5_000 });

  expect(answer.excerpt).toBe('127.0.0.1');
  expect(names.queries()).toBe(1);
  expect(rebound.connections()).toBe(0);
  expect(checked.requests[0]?.headers.host).toBe(`rebind.example.com:${checked.port}`);
});

test('a name that is public at the check and loopback later is refused at the call', async () => {
  const names = await nameServer(['93.184.216.34', '127.0.0.1']);
  const egress = createEgress({ allowLoopback: false, forbiddenPorts: () => [], resolve: (name) => names.resolve(name) });
  const url = 'https://rebind.example.com:8443/hook';
  await egress.check(url, 'callback_url');

  const [fetched, posted] = await Promise.allSettled([
    egress.fetch(url, { maxBytes: 100, timeoutMs: 2_000 }),
    egress.post(url, { headers: {}, body: '{}', timeoutMs: 2_000 }),
  ]);

  expect(fetched).toMatchObject({ status: 'rejected', reason: { code: 'invalid_url' } });
  expect(posted).toMatchObject({ status: 'rejected', reason: { code: 'invalid_url' } });
});

test('one call asks the name server once, so that there is no second answer to be fooled by', async () => {
  const names = await nameServer(['93.184.216.34', '127.0.0.1']);
  const egress = createEgress({ allowLoopback: false, forbiddenPorts: () => [], resolve: (name) => names.resolve(name) });

  // Nothing answers there within the time; what counts is whom it tried to call.
  await expect(egress.fetch('https://rebind.example.com/', { maxBytes: 100, timeoutMs: 300 })).rejects.toMatchObject({
    code: 'input_fetch_failed',
  });
  expect(names.queries()).toBe(1);
});
