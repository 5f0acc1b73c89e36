import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { ensureBuilt } from '../support/build';
import { ALL_GIVEN, cleanUp, lives, newHome, startUp } from './up-process';

beforeAll(ensureBuilt);
afterAll(cleanUp);

function credentialsOf(home: string): Record<string, any> {
  return JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8')) as Record<string, any>;
}

test('an api that died is started again, and the console says so', async () => {
  const up = startUp(newHome(), { ...ALL_GIVEN, PORT: '0' });
  const { base_url } = await up.result();
  const before = up.pids()['api']!;
  process.kill(before, 'SIGKILL');
  const after = await eventually(async () => ((await (await fetch(String(base_url))).json()) as { pid: number }).pid, { withinMs: 10_000 });
  expect(after).not.toBe(before);
  await eventually(() => up.progress().includes('✓ Api is back'), { withinMs: 5_000 });
  expect(up.progress()).toContain('! Api ended (signal SIGKILL); restarting in 1 s');
  up.signal('SIGINT');
  expect(await up.exit()).toBe(0);
  expect(lives(after)).toBe(false);
});

test('api and worker end when the supervisor is killed', async () => {
  const up = startUp(newHome(), { ...ALL_GIVEN, PORT: '0' });
  await up.result();
  const { api, worker } = up.pids();
  up.signal('SIGKILL');
  expect(await eventually(() => !lives(api!) && !lives(worker!), { withinMs: 10_000 })).toBe(true);
});

test('the processes are named by what they are', async () => {
  const up = startUp(newHome(), { ...ALL_GIVEN, PORT: '0' });
  await up.result();
  const commandLine = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  expect([commandLine(up.pids()['api']!), commandLine(up.pids()['worker']!)]).toEqual(['atelier api', 'atelier worker']);
  up.signal('SIGTERM');
  expect(await up.exit()).toBe(0);
});

test('keys are kept over restarts in a file for its owner only', async () => {
  const home = newHome();
  const seen: Record<string, any>[] = [];
  while (seen.length < 2) {
    const up = startUp(home, { ...ALL_GIVEN, PORT: '0' });
    const { base_url, admin_key } = await up.result();
    const told = (await (await fetch(String(base_url))).json()) as { adminKey: string };
    expect(told.adminKey).toBe(admin_key);
    seen.push(credentialsOf(home));
    up.signal('SIGTERM');
    await up.exit();
  }
  expect(seen[0]).toEqual(seen[1]);
  expect(Object.keys(seen[0]!)).toEqual(['base_url', 'admin_key', 'team', 'keys', 'callback_secret', 'console_password']);
  expect(new Set(Object.values(seen[0]!['keys'] as object)).size).toBe(4);
  expect(statSync(join(home, 'credentials.json')).mode & 0o777).toBe(0o600);
});

test('a configuration with teams of its own gets no sample team', async () => {
  const home = newHome();
  const file = join(home, 'mine.yaml');
  writeFileSync(file, 'teams:\n  - { name: studio }\n');
  const up = startUp(home, { ...ALL_GIVEN, PORT: '0', ATELIER_CONFIG: file });
  await up.result();
  expect(credentialsOf(home)).toMatchObject({ team: null, keys: {}, callback_secret: null });
  up.signal('SIGTERM');
  expect(await up.exit()).toBe(0);
});

test('a configuration without teams gets the sample team', async () => {
  const home = newHome();
  const file = join(home, 'mine.yaml');
  writeFileSync(file, 'providers:\n  - { name: one, kind: openai, base_url: "http://127.0.0.1:9/v1", api_key: "${MY_KEY}" }\n');
  const up = startUp(home, { ...ALL_GIVEN, PORT: '0', ATELIER_CONFIG: file, MY_KEY: 'sk-very-secret' });
  await up.result();
  expect(credentialsOf(home)).toMatchObject({ team: 'sample' });
  expect(Object.keys(credentialsOf(home)['keys'] as object)).toEqual(['production', 'test', 'script', 'personal']);
  up.signal('SIGTERM');
  expect(await up.exit()).toBe(0);
});

test('--lab starts the lab as a process of its own, which dies with the rest and keeps its ports; its ports are no ports of the installation', async () => {
  const home = newHome();
  const seen: Record<string, number>[] = [];
  for (const flags of [['--lab'], []]) {
    const up = startUp(home, { ...ALL_GIVEN, PORT: '0', ...(flags.length === 0 ? { ATELIER_LAB: '1' } : {}) }, ...flags);
    await up.result();
    const { lab } = up.pids();
    expect(readFileSync(`/proc/${lab}/cmdline`, 'utf8')).toContain('atelier lab');
    const remembered = JSON.parse(readFileSync(join(home, 'ports.json'), 'utf8')) as Record<string, number>;
    const ports = Object.fromEntries(Object.entries(remembered).filter(([name]) => name.startsWith('lab-')));
    seen.push(ports);
    const created = await fetch(`http://127.0.0.1:${ports['lab-runway']}/v1/text_to_image`, { method: 'POST', body: '{}' });
    expect(created.status).toBe(401);
    const listed = JSON.parse(readFileSync(join(home, 'run', 'listening-ports.json'), 'utf8')) as number[];
    expect(listed.filter((port) => Object.values(ports).includes(port))).toEqual([]);
    expect(readFileSync(join(home, 'lab.yaml'), 'utf8')).toContain(`http://127.0.0.1:${ports['lab-runway']}`);
    expect(up.progress()).toContain('simulated');
    up.signal(flags.length === 0 ? 'SIGKILL' : 'SIGTERM');
    await eventually(() => !lives(lab!), { withinMs: 10_000 });
    await up.exit();
  }
  expect(seen[1]).toEqual(seen[0]);
});

test('the lab brings its own configuration: beside another one it is refused', async () => {
  const home = newHome();
  const file = join(home, 'mine.yaml');
  writeFileSync(file, 'models: []\n');
  const up = startUp(home, { ...ALL_GIVEN, PORT: '0', ATELIER_CONFIG: file }, '--lab');
  expect(await up.exit()).toBe(1);
  expect(up.progress()).toContain('unset ATELIER_CONFIG');
});
