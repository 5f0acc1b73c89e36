import { cli, startCli } from '../cli/support/run-cli';
import { callApi, type Answer } from '../support/call';
import { eventually } from '../support/eventually';
import { SANDBOX_CONFIG } from '../support/sample-config';
import { startAtelier, type TestAtelier } from '../support/stack';
import packageJson from '../../package.json';

let atelier: TestAtelier;

beforeAll(async () => {
  atelier = await startAtelier({
    config: SANDBOX_CONFIG.replace(/(sandbox-image.*)price: free/, '$1price: { per_image_usd: "0.02" }'),
    // Images and videos wait for a worker instead of being begun by the api.
    env: { ATELIER_TEMPORAL_UI_URL: 'https://temporal.example/', ATELIER_OPTIMISTIC: 'false' },
  });
}, 90_000);
afterAll(() => atelier.stop(), 60_000);

const admin = (path: string): Promise<Answer> => callApi(`${atelier.origin}/admin/v1${path}`, 'GET', { key: atelier.adminKey });
const make = (type: string, model: string): Promise<Answer> =>
  callApi(`${atelier.baseUrl}/tasks`, 'POST', { key: atelier.keys.script, body: { type, model, input: { prompt: 'A loaf of bread.' } } });
const operator = (): NodeJS.ProcessEnv => ({ ATELIER_BASE_URL: atelier.baseUrl, ATELIER_ADMIN_KEY: atelier.adminKey });
const status = (...flags: string[]) => cli(['status', ...flags], { env: operator() });
const queue = async (name: string): Promise<any> => (await admin('/queues')).body.data.find((one: { name: string }) => one.name === name);

test('the system tells its parts, the processes with their versions, where Temporal is, and what was spent today', async () => {
  expect((await make('image', 'sandbox-image')).status).toBe(202);
  await eventually(async () => (await admin('/system')).body.spend_today.usd !== '0', { withinMs: 20_000, everyMs: 200 });

  const { status, body } = await admin('/system');

  expect(status).toBe(200);
  expect(body).toMatchObject({ object: 'system', ok: true, version: packageJson.version, incidents_open: 0, breakers: [] });
  expect(body.parts.map(({ name, status: state }: { name: string; status: string }) => `${name} ${state}`).sort()).toEqual([
    'api up',
    'postgres up',
    's3 up',
    'temporal up',
    'worker up',
  ]);
  expect(body.processes).toHaveLength(2 * atelier.copies);
  expect(body.processes).toContainEqual(
    expect.objectContaining({ id: expect.stringMatching(/^worker-/), role: 'worker', version: packageJson.version }),
  );
  expect(body.temporal).toMatchObject({ namespace: 'default', ui_url: 'https://temporal.example', version: expect.stringMatching(/^\d/) });
  expect(body.postgres.version).toMatch(/^\d+/);
  expect(body.spend_today).toEqual({ usd: '0.02', since: `${body.at.slice(0, 10)}T00:00:00.000Z` });
  expect(body.backlog).toEqual({ waiting: 0, running: 0, oldest_age_s: null });
}, 60_000);

test('the queues tell what waits by kind and class and how old it is, and that no worker is there; afterwards it is made', async () => {
  const before = await eventually(async () => ((await queue('media')).workers === atelier.copies ? queue('media') : null), {
    withinMs: 20_000,
  });
  expect(before).toMatchObject({ waiting: 0, running: 0, oldest_age_s: null, loads: [] });
  expect(await queue('interactive')).toMatchObject({ workers: atelier.copies, capacity: null });
  expect(await queue('provider-sandbox')).toMatchObject({ waiting: 0, workers: atelier.copies, capacity: expect.any(Number) });

  await atelier.kill('worker');
  const made = [await make('image', 'sandbox-image'), await make('video', 'sandbox-video'), await make('video', 'sandbox-video')];
  expect(made.map(({ status }) => status)).toEqual([202, 202, 202]);
  const waiting = await eventually(async () => ((await queue('media')).workers === 0 ? queue('media') : null), { withinMs: 20_000 });

  expect(waiting).toMatchObject({ object: 'queue', waiting: 3, running: 0, workers: 0 });
  expect(waiting.oldest_age_s).toBeGreaterThan(0);
  expect(waiting.loads).toContainEqual(
    expect.objectContaining({ kind: 'video', class: 'script', waiting: 2, running: 0, held_by_rate: 0 }),
  );
  const { body } = await admin('/system');
  expect(body).toMatchObject({ ok: false, backlog: { waiting: 3, running: 0 } });
  expect(body.parts).toContainEqual({ name: 'worker', status: 'down', message: 'no worker is running', processes: 0 });

  const told = await status();
  expect(told.code).toBe(1);
  expect(told.stdout).toMatch(/^✗ not all parts are up {2}http/);
  expect(told.stdout).toMatch(/^worker +down +0 +no worker is running$/m);
  expect(told.stdout).toMatch(/^generations +3 waiting, the oldest for \d+ s; 0 running$/m);
  expect(told.stdout).toMatch(/^media +3 +\d+ s +0 +0$/m);

  await atelier.restart('worker');
  await eventually(async () => (await queue('media')).waiting === 0 && (await admin('/system')).body.backlog.running === 0, {
    withinMs: 60_000,
    everyMs: 200,
  });
}, 120_000);

test('atelier status says that all is up by its exit code, and with --watch goes on saying it until it is interrupted', async () => {
  const text = await status();
  expect([text.code, text.stderr]).toEqual([0, '']);
  expect(text.stdout).toMatch(/^✓ all parts are up {2}\S+, version \S+, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/);
  expect(text.stdout).toMatch(/^breakers +none open$/m);
  expect(text.stdout).toMatch(/^spent today +US\$ \d/m);
  expect((await status('--json')).json()).toMatchObject({ object: 'system', ok: true, queues: expect.any(Array) });

  const watching = startCli(['status', '--watch', '--json'], { env: operator() });
  let lines = '';
  watching.child.stdout?.on('data', (piece: string) => (lines += piece));
  await eventually(() => lines.split('\n').length > 2, { withinMs: 20_000 });
  watching.child.kill('SIGINT');
  const { code, stdout } = await watching.result;
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).ok),
  ).toEqual(expect.arrayContaining([true, true]));
}, 60_000);

test('atelier status of an api that does not answer says so, and what to do', async () => {
  const env = { ...operator(), ATELIER_BASE_URL: 'http://127.0.0.1:10001/v1' };
  const text = await cli(['status'], { env });
  const json = await cli(['status', '--json'], { env });

  expect([text.code, json.code]).toEqual([1, 1]);
  expect(text.stdout).toContain('✗ Nothing answers at http://127.0.0.1:10001.\n  → Start Atelier with `npm start`');
  expect(json.json()).toMatchObject({ ok: false, parts: [{ name: 'api', status: 'down' }], error: { code: 'unreachable' } });
}, 30_000);
