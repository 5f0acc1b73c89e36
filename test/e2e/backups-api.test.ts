import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from '../cli/support/run-cli';
import { callApi } from '../support/call';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { createCalls } from './support/calls';

const folder = mkdtempSync(join(tmpdir(), 'atelier-backups-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const admin = (atelier: TestAtelier, method: string, path: string, body?: unknown) =>
  callApi(`${atelier.origin}/admin/v1${path}`, method, { key: atelier.adminKey, ...(body === undefined ? {} : { body }) });
const backup = async (atelier: TestAtelier, id: string) => (await admin(atelier, 'GET', `/backups/${id}`)).body;
const SOON = { withinMs: 60_000, everyMs: 200 };

describe('With a folder for backups', () => {
  const place = join(folder, 'kept');
  let atelier: TestAtelier;
  beforeAll(async () => {
    atelier = await startAtelier({ env: { ATELIER_BACKUP_TO: place } });
  }, 300_000);
  afterAll(() => atelier.stop(), 60_000);

  test('one that is asked for is made by a worker, says what is in it and where it lies, and is verified on request', async () => {
    const calls = createCalls(atelier.origin, atelier.keys.production, atelier.adminKey);
    const { body: task } = await calls.call('POST', '/v1/tasks', {
      body: { type: 'image', model: 'sandbox-image', input: { prompt: 'a cup' } },
    });
    await calls.ended(task.id);
    expect((await admin(atelier, 'GET', '/system')).body.backup_to).toBe(place);
    const asked = await admin(atelier, 'POST', '/backups', {});
    expect(asked).toMatchObject({ status: 202, body: { status: 'queued', actor: 'admin_key', actor_name: null, error: null } });
    const second = await admin(atelier, 'POST', '/backups', {});
    expect(second).toMatchObject({ status: 409, body: { error: { code: 'conflict', message: expect.stringContaining('already') } } });

    const { id } = asked.body;
    await eventually(async () => (await backup(atelier, id)).status === 'succeeded', SOON);
    const made = await backup(atelier, id);
    expect(made).toMatchObject({ missing_objects: 0, verification: null, master_key: expect.any(String), of_tables: made.tables });
    expect(made.place.startsWith(`${place}/20`)).toBe(true);
    expect(readdirSync(made.place)).toContain('manifest.json');
    const byCommand = await cli(['backup', 'verify', '--from', made.place, '--json'], { env: atelier.env });
    expect(byCommand.json()).toMatchObject({ ok: true, id, rows: made.rows, objects: made.objects, bytes: made.bytes });

    expect(await admin(atelier, 'POST', `/backups/${id}/verify`, {})).toMatchObject({ status: 202 });
    await eventually(async () => (await backup(atelier, id)).verification.status === 'valid', SOON);
    writeFileSync(join(made.place, 'references.gz'), 'not what was written');
    await admin(atelier, 'POST', `/backups/${id}/verify`, {});
    await eventually(async () => (await backup(atelier, id)).verification.status === 'damaged', SOON);
    expect((await backup(atelier, id)).verification.problems[0]).toContain('references.gz');
  }, 180_000);

  test('one that the command makes is listed too, and pages go on where the last one ended', async () => {
    const to = join(folder, 'by-command');
    const made = await cli(['backup', 'create', '--to', to, '--json'], { env: atelier.env });
    expect(made).toMatchObject({ code: 0 });
    const first = (await admin(atelier, 'GET', '/backups?limit=1')).body;
    expect(first).toMatchObject({ has_more: true, data: [{ id: made.json().id, actor: 'cli', place: to, status: 'succeeded' }] });
    expect(first.data[0].bytes).toBe(made.json().bytes);
    const next = (await admin(atelier, 'GET', `/backups?limit=1&after=${first.last_id}`)).body;
    expect(next).toMatchObject({ has_more: false, data: [{ actor: 'admin_key' }] });
    expect((await admin(atelier, 'GET', '/backups?status=failed')).body.data).toEqual([]);
    expect(await admin(atelier, 'GET', '/backups/backup_0')).toMatchObject({ status: 404 });
    expect(await admin(atelier, 'POST', '/backups', { place: '/etc' })).toMatchObject({ status: 400, body: { error: { param: 'place' } } });
  }, 60_000);
});

describe('At a place that does not answer', () => {
  let silent: Server;
  let atelier: TestAtelier;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    atelier = await startAtelier({
      env: {
        ATELIER_BACKUP_TO: 's3://backups/atelier',
        ATELIER_BACKUP_S3_ENDPOINT: `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`,
        ATELIER_BACKUP_S3_ACCESS_KEY_ID: 'backup-access-key',
        ATELIER_BACKUP_S3_SECRET_ACCESS_KEY: 'backup-secret-0123456789abcdef',
      },
    });
  }, 300_000);
  afterAll(async () => {
    await atelier.stop();
    silent.close();
  }, 60_000);

  test('a backup outlives the api, and says that it was interrupted when its worker is lost', async () => {
    const { id, place } = (await admin(atelier, 'POST', '/backups', {})).body;
    expect(place.startsWith('s3://backups/atelier/')).toBe(true);
    await eventually(async () => (await backup(atelier, id)).status === 'running', SOON);
    await atelier.kill('api');
    await atelier.restart('api');
    expect(await backup(atelier, id)).toMatchObject({ status: 'running', ended_at: null });
    await atelier.kill('worker');
    await atelier.restart('worker');
    await eventually(async () => (await backup(atelier, id)).status === 'failed', SOON);
    expect((await backup(atelier, id)).error).toMatchObject({ code: 'interrupted', message: expect.stringContaining('no backup') });
    expect(await admin(atelier, 'POST', `/backups/${id}/verify`, {})).toMatchObject({ status: 409 });
    expect(await admin(atelier, 'POST', '/backups', {})).toMatchObject({ status: 202 });
  }, 180_000);
});
