import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { ensureBuilt } from '../support/build';
import { type UpProcess, cleanUp, lives, newHome, startUp } from './up-process';

jest.setTimeout(90_000);

const ups: UpProcess[] = [];
const results: Record<string, any>[] = [];
const stranger: { process?: ChildProcess } = {};

beforeAll(async () => {
  await ensureBuilt();
  ups.push(startUp(newHome(), {}, '--services-only'), startUp(newHome(), {}, '--services-only'));
  results.push(...(await Promise.all(ups.map((up) => up.result(80_000)))));
});

afterAll(async () => {
  stranger.process?.kill('SIGKILL');
  await cleanUp();
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  // A server that is killed takes the connection with it; the query's own rejection says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

test('two homes run side by side on ports of their own', async () => {
  const ports = ups.map(({ home }) => Object.values(JSON.parse(readFileSync(join(home, 'ports.json'), 'utf8')) as Record<string, number>));
  expect(new Set(ports.flat()).size).toBe(ports[0]!.length * 2);
  await query(results[0]!['DATABASE_URL'] as string, 'create table mine (n int)');
  const elsewhere = await query(results[1]!['DATABASE_URL'] as string, `select to_regclass('mine') as found`);
  expect(elsewhere).toEqual([{ found: null }]);
});

test('the list of ports names those that Temporal picks by itself', async () => {
  const remembered = Object.values(JSON.parse(readFileSync(join(ups[0]!.home, 'ports.json'), 'utf8')) as Record<string, number>);
  const picked = await eventually(
    () => {
      const listed = JSON.parse(readFileSync(results[0]!['ATELIER_PORTS_FILE'] as string, 'utf8')) as number[];
      const others = listed.filter((port) => !remembered.includes(port) && port !== 4000);
      return others.length < 2 ? null : others;
    },
    { withinMs: 10_000 },
  );
  expect(await Promise.all(picked.map(accepts))).toEqual(picked.map(() => true));
});

test('a killed Postgres comes back with its data', async () => {
  const [up] = ups as [UpProcess];
  const before = up.pids()['postgres']!;
  process.kill(before, 'SIGKILL');
  await eventually(() => up.progress().includes('✓ Postgres is back'), { withinMs: 30_000 });
  expect(up.pids()['postgres']).not.toBe(before);
  expect(await query(results[0]!['DATABASE_URL'] as string, 'select count(*)::int as n from mine')).toEqual([{ n: 0 }]);
});

test('no server outlives a killed supervisor', async () => {
  const [up] = ups as [UpProcess];
  const { postgres, temporal, weed } = up.pids();
  up.signal('SIGKILL');
  const gone = (): boolean => [postgres!, temporal!, weed!].every((pid) => !lives(pid));
  expect(await eventually(gone, { withinMs: 15_000 })).toBe(true);
});

test('the next start ends what was left, spares a stranger with a noted id, and finds ports and data again', async () => {
  const { home } = ups[0]!;
  stranger.process = spawn('sleep', ['600'], { stdio: 'ignore' });
  const noted = { name: 'temporal', pid: stranger.process.pid, birth: 'long ago', word: 'sleep', signal: 'SIGTERM' };
  writeFileSync(join(home, 'run', 'temporal.pid.json'), JSON.stringify(noted));
  const up = startUp(home, {}, '--services-only');
  expect(await up.result()).toEqual(results[0]);
  expect(await query(results[0]!['DATABASE_URL'] as string, 'select count(*)::int as n from mine')).toEqual([{ n: 0 }]);
  expect(lives(stranger.process.pid!)).toBe(true);
  ups[0] = up;
});

test('SIGTERM ends every server and the exit code is 0', async () => {
  const pids = ups.flatMap((up) => Object.values(up.pids()));
  for (const up of ups) up.signal('SIGTERM');
  expect(await Promise.all(ups.map((up) => up.exit()))).toEqual([0, 0]);
  expect(pids.filter(lives)).toEqual([]);
});
