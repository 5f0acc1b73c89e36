import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { type RoleProcess, startRole } from '../support/role-process';
import { type Gate, startGate } from '../support/gate';
import { startAtelier, temporalAddress, type TestAtelier } from '../support/stack';

let atelier: TestAtelier;
/** Between the installation and the suite's Temporal. */
let temporal: Gate;
let folder: string;
const servers: Server[] = [];
const started: RoleProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-late-'));
  temporal = await startGate(temporalAddress());
  atelier = await startAtelier({ env: { TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}` } });
}, 120_000);
afterAll(async () => {
  await Promise.all(started.map((one) => one.end('SIGKILL', 10_000)));
  for (const server of servers) server.close();
  await atelier.stop();
  await temporal.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** A port that refuses, until `open` hands on what comes to another. */
async function latePort(): Promise<{ readonly port: number; open(target: number): Promise<void> }> {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  return {
    port,
    async open(target) {
      const server = createServer((client) => {
        const upstream = connect(target, '127.0.0.1');
        client.pipe(upstream).pipe(client);
        for (const [one, other] of [
          [client, upstream],
          [upstream, client],
        ] as const)
          one.on('error', () => other.destroy()).on('close', () => other.destroy());
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
  };
}

/** A further process of the installation, with other variables. */
function start(role: 'api' | 'worker' | 'adapters/db', name: string, changes: Readonly<Record<string, string>>): RoleProcess {
  const one = startRole(role, { ...atelier.env, PORT: '0', ...changes }, join(folder, `${name}.log`));
  started.push(one);
  return one;
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

interface Json {
  readonly id: string;
  readonly status: string;
}

const portOf = (url: string): number => Number(new URL(url).port);
const timesOf = (one: RoleProcess, words: string): number => one.log().split(words).length - 1;

test.each(['api', 'worker'] as const)(
  'the %s waits for a Postgres and a Temporal that come late, and says so once for each',
  async (role) => {
    const [postgres, temporal] = [await latePort(), await latePort()];
    const databaseUrl = withPort(atelier.databaseUrl, postgres.port);
    const one = start(role, `late-${role}`, { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}` });

    await eventually(() => one.log().includes('Postgres is not responding; retrying for 60 s'), { withinMs: 20_000 });
    await postgres.open(portOf(atelier.databaseUrl));
    await eventually(() => one.log().includes('Temporal is not responding; retrying for 60 s'), { withinMs: 20_000 });
    await temporal.open(portOf(`tcp://${atelier.env['TEMPORAL_ADDRESS']}`));

    const serves = role === 'api' ? 'the api listens' : 'the worker is ready';
    await eventually(() => one.log().includes(serves), { withinMs: 20_000 });
    expect(one.hasEnded()).toBe(false);
    expect([timesOf(one, 'Postgres is not responding;'), timesOf(one, 'Temporal is not responding;')]).toEqual([1, 1]);
  },
  60_000,
);

test('the migration waits for a Postgres that comes late, as api and worker do', async () => {
  const postgres = await latePort();
  const one = start('adapters/db', 'late-migration', { DATABASE_URL: withPort(atelier.databaseUrl, postgres.port) });

  await eventually(() => one.log().includes('Postgres is not responding; retrying for 60 s'), { withinMs: 20_000 });
  await postgres.open(portOf(atelier.databaseUrl));
  await eventually(() => one.hasEnded(), { withinMs: 20_000 });

  expect(one.log()).toContain('The database is up to date.');
}, 60_000);

test('a process that waits for a part ends at once when it is told to', async () => {
  const { port } = await latePort();
  const one = start('worker', 'told', { DATABASE_URL: withPort(atelier.databaseUrl, port) });
  await eventually(() => one.log().includes('Postgres is not responding'), { withinMs: 20_000 });

  const since = performance.now();
  await one.end('SIGTERM', 10_000);

  expect(performance.now() - since).toBeLessThan(8_000);
}, 40_000);

test('a wrong password is not tried again', async () => {
  const url = new URL(atelier.databaseUrl);
  url.password = 'not-the-password';
  const one = start('api', 'password', { DATABASE_URL: url.href });

  await eventually(() => one.hasEnded(), { withinMs: 20_000 });

  expect(one.log()).toContain('atelier api could not start: password authentication failed');
  expect(one.log()).not.toContain('tried again');
}, 40_000);

test('a namespace that Temporal does not know is not tried again', async () => {
  const one = start('worker', 'namespace', { TEMPORAL_NAMESPACE: 'nowhere' });

  await eventually(() => one.hasEnded(), { withinMs: 20_000 });

  expect(one.log()).toContain('atelier worker could not start: Namespace nowhere is not found');
  expect(one.log()).not.toContain('tried again');
}, 40_000);

test.each(['silent', 'refusing'] as const)(
  'no request waits for a %s Temporal longer than its cap, and nothing is lost',
  async (how) => {
    const call = async (
      method: 'GET' | 'POST',
      path: string,
      body?: unknown,
    ): Promise<{ readonly ms: number; readonly status: number; readonly json: Json }> => {
      const since = performance.now();
      const response = await fetch(`${atelier.baseUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${atelier.keys.production}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json = (await response.json()) as Json;
      return { ms: performance.now() - since, status: response.status, json };
    };
    const image = { type: 'image', model: 'sandbox-image', input: { prompt: 'a boat' } };
    const video = { ...image, type: 'video', model: 'sandbox-video' };
    const [running, doomed, campaign] = await Promise.all([
      call('POST', '/tasks', video),
      call('POST', '/tasks', video),
      call('POST', '/campaigns', { items: [{ key: 'a', ...image }], start: false }),
    ]);
    await temporal.become(how);

    const answers = await Promise.all([
      call('POST', '/tasks', image),
      call('POST', '/tasks', { type: 'text', model: 'sandbox-text', input: { prompt: 'hello' } }),
      call('POST', `/tasks/${doomed.json.id}/cancel`),
      call('POST', `/campaigns/${campaign.json.id}/start`),
      call('GET', `/tasks/${running.json.id}/history`),
    ]);

    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 200, 200, 503]);
    // 2 s for Temporal, 1.5 s that a cancel waits to take effect, and what a busy machine adds; without a cap it is 10 s at least.
    for (const answer of answers) expect(answer.ms).toBeLessThan(9_000);

    await temporal.become('open');
    const endOf = (path: string) =>
      eventually(
        async () => {
          const { json } = await call('GET', path);
          return ['succeeded', 'cancelled', 'completed', 'failed'].includes(json.status) && json.status;
        },
        { withinMs: 90_000, everyMs: 250 },
      );
    const paths = [running, doomed, answers[0], answers[1]].map((answer) => `/tasks/${answer.json.id}`);
    expect(await Promise.all([...paths, `/campaigns/${campaign.json.id}`].map(endOf))).toEqual([
      'succeeded',
      'cancelled',
      'succeeded',
      'succeeded',
      'completed',
    ]);
  },
  120_000,
);

test('/readyz misses the only worker within 4 s of its death', async () => {
  await eventually(async () => (await fetch(`${atelier.origin}/readyz`)).status === 200, { withinMs: 20_000 });
  await Promise.all(started.filter((one) => !one.hasEnded()).map((one) => one.end('SIGKILL', 10_000)));

  await atelier.kill('worker');
  const since = performance.now();
  await eventually(async () => (await fetch(`${atelier.origin}/readyz`)).status === 503, { withinMs: 10_000, everyMs: 100 });

  expect(performance.now() - since).toBeLessThan(4_000);
  expect(((await (await fetch(`${atelier.origin}/readyz`)).json()) as { missing: unknown }).missing).toEqual([
    { name: 'worker', reason: 'no worker is running' },
  ]);
}, 60_000);
