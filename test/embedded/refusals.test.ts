import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../support/build';
import { ALL_GIVEN, cleanUp, newHome, occupyPort, startUp } from './up-process';

beforeAll(ensureBuilt);
afterAll(cleanUp);

test('a taken port ends the start with one line that names it and a free one', async () => {
  const { port, free } = await occupyPort();
  const up = startUp(newHome(), { ...ALL_GIVEN, PORT: String(port) });
  expect(await up.exit()).toBe(1);
  free();
  expect(up.progress()).toMatch(new RegExp(`^✗ Port ${port} on 127.0.0.1 is in use by another program.*PORT=\\d+\\.\n$`));
  expect(up.pids()).toEqual({});
});

test('a home that cannot be written ends the start with one line that names it', async () => {
  const file = join(newHome(), 'no-folder');
  writeFileSync(file, '');
  const up = startUp(file, ALL_GIVEN);
  expect(await up.exit()).toBe(1);
  expect(up.progress()).toBe(
    `✗ Cannot write to ATELIER_HOME ${file} (it is not a folder). Set ATELIER_HOME to a folder you can write to.\n`,
  );
});

test('without a Temporal program and without a network one line says what to do', async () => {
  const home = newHome();
  const { DATABASE_URL, S3_ENDPOINT } = ALL_GIVEN;
  const noFetch = `--require=${join(__dirname, 'fixtures', 'no-network.cjs')}`;
  const noNetwork = {
    NODE_OPTIONS: noFetch,
    PIP_INDEX_URL: 'http://127.0.0.1:1/simple',
    PIP_FIND_LINKS: '',
    XDG_CACHE_HOME: join(home, 'user-cache'),
    PORT: '0',
  };
  const up = startUp(home, { DATABASE_URL, S3_ENDPOINT, ...noNetwork });
  expect(await up.exit()).toBe(1);
  const last = up.progress().trimEnd().split('\n').at(-1);
  expect(last).toMatch(
    /^✗ Temporal's server is neither on PATH nor in the cache, and it could not be downloaded: pip .*set TEMPORAL_ADDRESS/,
  );
  expect(up.pids()).toEqual({});
});

test('a broken Temporal on PATH is passed over', async () => {
  const home = newHome();
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'temporal'), '#!/bin/sh\necho temporal version 0.9.0\n', { mode: 0o755 });
  const { DATABASE_URL, S3_ENDPOINT } = ALL_GIVEN;
  const up = startUp(home, { DATABASE_URL, S3_ENDPOINT, PATH: `${bin}:${process.env['PATH'] ?? ''}` }, '--services-only');
  expect((await up.result())['TEMPORAL_ADDRESS']).toMatch(/^127\.0\.0\.1:\d+$/);
  up.signal('SIGTERM');
  expect(await up.exit()).toBe(0);
});

test('a failed migration or configuration is shown as it was said', async () => {
  const fault = 'The configuration is invalid:\n  models[0].price: is required';
  const up = startUp(newHome(), { ...ALL_GIVEN, PORT: '0', STAND_IN_FAULT: fault });
  expect(await up.exit()).toBe(1);
  expect(up.progress()).toContain(`✗ The database could not be prepared or the configuration not applied (code 3):\n${fault}\n`);
});

test('a second start on the same home is refused and leaves the first alone', async () => {
  const first = startUp(newHome(), { ...ALL_GIVEN, PORT: '0' });
  const { base_url } = await first.result();
  const second = startUp(first.home, { ...ALL_GIVEN, PORT: '0' });
  expect(await second.exit()).toBe(1);
  expect(second.progress()).toContain(`Atelier already runs on ${first.home} (process ${first.pid})`);
  expect((await fetch(String(base_url))).status).toBe(200);
  first.signal('SIGTERM');
  expect(await first.exit()).toBe(0);
});

test('of several starts at the same moment one wins, also over the locks of dead ones, and the others say so', async () => {
  const home = newHome();
  mkdirSync(join(home, 'run'));
  // A process that is gone, and one whose id belongs to another by now.
  const dead = { name: 'supervisor', pid: 4_194_303, birth: '1', word: 'atelier', signal: 'SIGTERM' };
  writeFileSync(join(home, 'run', 'lock-1'), JSON.stringify(dead));
  writeFileSync(join(home, 'run', 'lock-2'), JSON.stringify({ ...dead, pid: process.pid }));
  const ups = Array.from({ length: 5 }, () => startUp(home, { ...ALL_GIVEN, PORT: '0' }));
  const winner = await Promise.any(ups.map((up) => up.result().then(() => up)));
  const losers = ups.filter((up) => up !== winner);
  expect(await Promise.all(losers.map((up) => up.exit()))).toEqual([1, 1, 1, 1]);
  for (const loser of losers) expect(loser.progress()).toContain(`✗ Atelier already runs on ${home} (process ${winner.pid}).`);
  winner.signal('SIGKILL');
  await winner.exit();

  const next = startUp(home, { ...ALL_GIVEN, PORT: '0' });
  await next.result();
  expect(readdirSync(join(home, 'run')).filter((name) => name.startsWith('lock-'))).toHaveLength(1);
  next.signal('SIGTERM');
  expect(await next.exit()).toBe(0);
});

test('passwords that cannot be read end the start with one line that says what to do', async () => {
  const home = newHome();
  writeFileSync(join(home, 'secrets.json'), '');
  const up = startUp(home, { ...ALL_GIVEN, PORT: '0' });
  expect(await up.exit()).toBe(1);
  expect(up.progress()).toMatch(
    /✗ .*secrets\.json is empty\. It holds the passwords .* or move .*home away to begin with an empty installation\.\n$/,
  );
  expect(readFileSync(join(home, 'secrets.json'), 'utf8')).toBe('');
});
