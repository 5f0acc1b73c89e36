import { createServer, type Server } from 'node:http';
import { appendFileSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, type CliResult } from '../cli/support/run-cli';
import { createTestBucket } from '../support/bucket';
import { eventually } from '../support/eventually';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider';
import { startInstallation, type TestInstallation } from '../support/installation';
import { createCalls, type Calls } from './support/calls';

const folder = mkdtempSync(join(tmpdir(), 'atelier-backup-'));
const place = join(folder, 'backup');
const masterKey = join(folder, 'master.key');
const homeOf = (name: string): string => join(folder, name, 'home');

let asked: FakeProvider;
let mute: FakeProvider;
let receiver: Server;
const received: string[] = [];
let isReceiving = false;
let config: string;
const undo: (() => Promise<void>)[] = [];

beforeAll(async () => {
  asked = await startFakeProvider({ honoursKeys: true, thinkMs: 400, videoMs: 15_000 });
  mute = await startFakeProvider({ thinkMs: 2_500 });
  receiver = createServer((request, response) => {
    if (isReceiving) received.push(String(request.headers['webhook-id']));
    request.resume();
    response.writeHead(isReceiving ? 204 : 503).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  undo.push(
    () => asked.close(),
    () => mute.close(),
    () => new Promise((resolve) => void receiver.close(() => resolve())),
  );
  config = `providers:
  - { name: asked, kind: openai, base_url: "${asked.baseUrl}", honours_idempotency_key: true }
  - { name: mute, kind: openai, base_url: "${mute.baseUrl}", max_concurrency: 1 }
models:
  - { name: image, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: asked, model: fake-image }] }
  - { name: video, modality: video, price: { per_second_usd: "0.1" }, routes: [{ provider: asked, model: fake-video }] }
  - { name: mute, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: mute, model: fake-image }] }
`;
});

afterAll(async () => {
  for (const close of undo.reverse()) await close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}, 90_000);

async function start(name: string): Promise<{ installation: TestInstallation; calls: Calls }> {
  const installation = await startInstallation({ config, folder: join(folder, name) });
  undo.push(() => installation.stop());
  return { installation, calls: createCalls(installation.origin, installation.keys.production, installation.adminKey) };
}

const backup = (name: string, ...args: readonly string[]): Promise<CliResult> =>
  cli(['backup', ...args], { env: { ATELIER_HOME: homeOf(name) } });

async function submit(calls: Calls, type: string, model: string, prompt: string, more: object = {}): Promise<string> {
  const output = type === 'video' ? { duration_s: 4 } : {};
  const { status, body } = await calls.call('POST', '/v1/tasks', { body: { type, model, input: { prompt }, output, ...more } });
  expect(status).toBe(202);
  return body.id;
}

const names = (what: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${what} ${index}`);
const submitAll = (calls: Calls, type: string, model: string, prompts: readonly string[]): Promise<string[]> =>
  Promise.all(prompts.map((prompt) => submit(calls, type, model, prompt)));

/** What was bought more than once, by prompt. */
const boughtTwice = (): string[] =>
  [asked, mute].flatMap((fake) => [...fake.counts.createsByPrompt].flatMap(([prompt, count]) => (count > 1 ? [prompt] : [])));

test('an installation that is backed up under load and lost goes on elsewhere: nothing is bought twice, the books are exact', async () => {
  const first = await start('old');
  const done = await submitAll(first.calls, 'image', 'image', names('done', 4));
  const callbackUrl = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/`;
  done.push(await submit(first.calls, 'image', 'image', 'told', { callback_url: callbackUrl }));
  await Promise.all(done.map((id) => first.calls.ended(id)));
  const items = names('item', 24).map((prompt) => ({ key: prompt.replace(' ', '-'), type: 'image', model: 'image', input: { prompt } }));
  const { body: campaign } = await first.calls.call('POST', '/v1/campaigns', { body: { name: 'spring', concurrency: 2, items } });
  const { body: schedule } = await first.calls.call('POST', '/v1/campaigns', {
    body: { name: 'nightly', items: items.slice(0, 1), schedule: { cron: '0 3 1 1 *', time_zone: 'UTC', catchup_s: 60 } },
  });
  const videos = await submitAll(first.calls, 'video', 'video', names('video', 6));
  const waiting = await submitAll(first.calls, 'image', 'mute', names('waiting', 6));
  const succeeded = async (calls: Calls): Promise<number> =>
    (await calls.call('GET', `/v1/campaigns/${campaign.id}`)).body.counts.succeeded;
  await eventually(async () => (await succeeded(first.calls)) >= 4, { withinMs: 60_000, everyMs: 100 });

  // However long the backup takes, the campaign is not over before it.
  asked.behaviour.thinkMs = 5_000;
  const made = await backup('old', 'create', '--to', place, '--json');
  expect(made).toMatchObject({ code: 0 });
  expect(made.json()).toMatchObject({ missing_objects: 0, missing_keys: [] });
  expect(made.json().objects).toBeGreaterThanOrEqual(done.length);
  const again = await backup('old', 'create', '--to', place);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') });

  // The old installation goes on to buy, and is then lost with all that came after the backup, but for the key that is kept apart.
  const before = asked.counts.creates;
  asked.behaviour.thinkMs = 400;
  await eventually(() => asked.counts.creates >= before + 4, { withinMs: 60_000, everyMs: 100 });
  copyFileSync(join(homeOf('old'), 'master.key'), masterKey);
  await first.installation.stop();
  rmSync(join(folder, 'old'), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

  mkdirSync(homeOf('new'), { recursive: true });
  expect(await backup('new', 'restore', '--from', place)).toMatchObject({ code: 1, stderr: expect.stringContaining('master.key') });
  copyFileSync(masterKey, join(homeOf('new'), 'master.key'));
  const whole = await backup('new', 'verify', '--from', place, '--json');
  expect(whole.json()).toMatchObject({ ok: true, signature: 'valid', problems: [] });
  const restored = await backup('new', 'restore', '--from', place, '--json');
  expect(restored).toMatchObject({ code: 0 });
  expect(restored.json()).toMatchObject({ may_have_bought_since: true, taken_up: { campaigns: 1, callbacks: 1, schedules: 1 } });

  isReceiving = true;
  const second = await start('new');
  expect(second.installation.keys.production).toBe(first.installation.keys.production);
  const { calls } = second;
  const open = async (): Promise<number> => (await calls.tasks()).filter(({ finished_at }) => finished_at === null).length;
  await eventually(async () => (await succeeded(calls)) === 24 && (await open()) === 0, { withinMs: 120_000, everyMs: 500 });
  await eventually(() => received.length > 0, { withinMs: 60_000, everyMs: 100 });

  expect(boughtTwice()).toEqual([]);
  expect(await calls.ledger()).toMatchObject({ ok: true, open_reservations: 0, problems: [] });
  for (const id of videos) expect(await calls.task(id)).toMatchObject({ status: 'succeeded' });
  // Nobody can say whether those that waited for the mute provider were bought after the backup.
  const ends = await Promise.all(waiting.map((id) => calls.task(id)));
  for (const task of ends)
    expect([task.status, task.error?.code ?? null]).toEqual(task.error === null ? ['succeeded', null] : ['failed', 'outcome_unknown']);
  expect(ends.filter(({ error }) => error !== null).length).toBeGreaterThan(0);
  for (const task of await calls.tasks()) {
    if (task.status !== 'succeeded') continue;
    const output = await calls.call('GET', `/v1/tasks/${task.id}/outputs/0/content`);
    expect([task.id, output.status]).toEqual([task.id, 200]);
  }
  // Temporal is told of the schedules by the worker's next look at them.
  const nextRun = async (): Promise<unknown> => (await calls.call('GET', `/v1/schedules/${schedule.id}`)).body.next_run_at;
  await eventually(async () => (await nextRun()) !== null, { withinMs: 90_000, everyMs: 500 });
  expect(await nextRun()).toMatch(/-01-01T03:00/);

  // What is not empty is never restored into.
  const refused = await backup('new', 'restore', '--from', place);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('already runs') });
}, 400_000);

test('a backup lies in another S3 as well as in a folder', async () => {
  const other = await createTestBucket();
  const env = {
    ATELIER_HOME: homeOf('new'),
    ATELIER_BACKUP_S3_ENDPOINT: other.endpoint,
    ATELIER_BACKUP_S3_ACCESS_KEY_ID: other.accessKeyId,
    ATELIER_BACKUP_S3_SECRET_ACCESS_KEY: other.secretAccessKey,
  };
  const to = `s3://${other.bucket}/nightly/1`;
  expect(await cli(['backup', 'create', '--to', to], { env })).toMatchObject({ code: 0 });
  const whole = await cli(['backup', 'verify', '--from', to, '--json'], { env });
  expect(whole.json()).toMatchObject({ ok: true, signature: 'valid', problems: [], missing_objects: 0 });
}, 120_000);

test('verify finds a changed byte, a changed manifest and another master key', async () => {
  const copy = join(folder, 'copy');
  const home = homeOf('new');
  const verify = (): Promise<CliResult> => backup('new', 'verify', '--from', copy, '--json');
  cpSync(place, copy, { recursive: true });
  const [part = ''] = readdirSync(join(copy, 'rows')).filter((name) => name.startsWith('accounts'));
  appendFileSync(join(copy, 'rows', part), 'x');
  const changed = await verify();
  expect(changed.code).toBe(1);
  expect(changed.json().problems.join()).toContain(`rows/${part}`);

  const other = await cli(['backup', 'verify', '--from', place], {
    env: { ATELIER_HOME: home, ATELIER_MASTER_KEY: 'another key of 32 characters, 0123456789' },
  });
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('another master key') });

  rmSync(join(copy, 'manifest.json'));
  const none = await verify();
  expect(none).toMatchObject({ code: 1 });
  expect(none.json().error).toMatchObject({ code: 'no_backup' });
}, 60_000);
