import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import type { HistorySource } from '../../domain/task/history';
import { alertScheduleId, followLateId } from '../../workflows/contract';
import { createAsk } from '../../adapters/temporal/away';
import { createHistorySource } from '../../adapters/temporal/history';
import { createHistoryReplayer, installQuietRuntime } from '../../adapters/temporal/history-replay';
import { eventually } from '../support/eventually';
import { temporalAddress } from '../support/stack';
import { BUNDLE, keepRun, type KeptRun } from './support/histories';
import { KEYS, startHouse, type House } from './support/house';

/** With ATELIER_KEEP_HISTORIES=1 one run of each type made here becomes the kept one. */
const isKeeping = process.env['ATELIER_KEEP_HISTORIES'] === '1';

let house: House;
let connection: Connection;
let source: HistorySource;
let receiver: Server;
let receiverStatuses: number[] = [];
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  installQuietRuntime();
  house = await startHouse();
  closers.push(() => house.stop());
  connection = await Connection.connect({ address: temporalAddress() });
  closers.push(() => connection.close());
  source = createHistorySource({ client: new Client({ connection }), ask: createAsk(connection) });
  receiver = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.writeHead(receiverStatuses.shift() ?? 204).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => receiver.close(resolve)));
}, 120_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
}, 60_000);
beforeEach(() => {
  house.first.reset();
  house.second.reset();
  house.first.behaviour.videoMs = 0;
  house.s3.refuse(null);
  receiverStatuses = [];
});

/** The history of a workflow that has closed, which today's code must repeat. */
async function replayed(workflowId: string): Promise<KeptRun> {
  const run = await eventually(
    async () => {
      const found = await source.look(workflowId);
      return found?.isClosed === true ? found : undefined;
    },
    { withinMs: 20_000 },
  );
  const history = await source.read(run);
  const kept = { workflowId, workflowType: run.workflowType, history: history! };
  for await (const { error } of createHistoryReplayer(BUNDLE)(only({ workflowId, history: kept.history }))) expect(error).toBeNull();
  return kept;
}

/** As `replayed`; the run shows what its type can do, so it is the kept one. */
async function replayedAndKept(workflowId: string): Promise<KeptRun> {
  const run = await replayed(workflowId);
  if (isKeeping) keepRun(run);
  return run;
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}

async function workflowOf(taskId: string): Promise<string> {
  return (await house.call('GET', `/v1/tasks/${taskId}/history`)).body.workflow_id as string;
}

const TEXT = { type: 'text', model: 'text', input: { prompt: 'Say hello.' } };
const IMAGE = { type: 'image', model: 'image', input: { prompt: 'A loaf.' } };
const VIDEO = { type: 'video', model: 'video', input: { prompt: 'A wave.' }, output: { duration_s: 4 } };

test('texts: one that succeeds, one that falls back, one that fails, several of one group', async () => {
  const good = await house.made(TEXT);
  house.first.script('*', [{ status: 500 }]);
  const fallback = await house.made(TEXT);
  house.second.script('*', [{ status: 500 }]);
  const bad = await house.made(TEXT);
  house.second.script('*', [{ status: 500 }, {}]);
  // Each api process groups what it took.
  const group = await Promise.all(Array.from({ length: 4 * house.atelier.copies }, () => house.made(TEXT)));
  const groupIds = await Promise.all(group.map((task) => workflowOf(task.id)));
  const largest = groupIds.find((id) => groupIds.filter((other) => other === id).length > 2)!;

  expect([good.status, fallback.status, bad.status]).toEqual(['succeeded', 'succeeded', 'failed']);
  await replayed(await workflowOf(good.id));
  await replayed(await workflowOf(fallback.id));
  await replayed(await workflowOf(bad.id));
  const { workflowType } = await replayed(largest);
  expect(workflowType).toBe('textGroup');
}, 60_000);

test('texts of a group that fail one after the other and fall back', async () => {
  for (const size of [2, 3, 5, 8]) {
    house.first.script('*', [{ status: 500 }]);
    house.second.script('*', [{ status: 500 }, {}]);
    const group = await Promise.all(Array.from({ length: size }, () => house.made(TEXT)));
    const ids = new Set(await Promise.all(group.map((task) => workflowOf(task.id))));

    for (const id of ids) await (size === 8 ? replayedAndKept(id) : replayed(id));
  }
}, 60_000);

test('images: one that succeeds, one that falls back, one that cannot be stored, and its replay', async () => {
  const good = await house.made(IMAGE);
  house.first.script('*', [{ status: 500 }]);
  const fallback = await house.made(IMAGE);
  house.first.reset();
  house.s3.refuse(/\/teams\//);
  const unstored = await house.made(IMAGE);
  house.s3.refuse(null);
  const takenUp = await house.ended((await house.call('POST', `/v1/tasks/${unstored.id}/replay`)).body.id);

  expect([good.status, fallback.status, unstored.error.code, takenUp.status]).toEqual([
    'succeeded',
    'succeeded',
    'asset_storage_failed',
    'succeeded',
  ]);
  // What goes well has no workflow of its own: that of its group starts a moment later.
  const group = await eventually(() => workflowOf(good.id), { withinMs: 20_000, everyMs: 200 });
  const { workflowType } = await replayedAndKept(group);
  expect(workflowType).toBe('mediaGroup');
  await replayed(fallback.id);
  await replayed(unstored.id);
  await replayed(takenUp.id);
}, 90_000);

test('videos: one whose job fails and that is polled at the next provider until it is there, one that is cancelled', async () => {
  house.first.script('*', [{ job: { status: 'failed', error: { code: 'server_error', message: 'Oh.' } } }]);
  house.second.behaviour.videoMs = 2_500;
  const good = await house.made(VIDEO);
  house.first.reset();
  house.first.behaviour.videoMs = 60_000;
  const { id } = (await house.call('POST', '/v1/tasks', { body: VIDEO })).body;
  await eventually(async () => (await house.call('GET', `/v1/tasks/${id}`)).body.phase === 'waiting_provider', { withinMs: 20_000 });
  await house.call('POST', `/v1/tasks/${id}/cancel`);
  const cancelled = await house.ended(id);

  expect([good.status, cancelled.status]).toEqual(['succeeded', 'cancelled']);
  await replayedAndKept(good.id);
  await replayed(cancelled.id);
}, 90_000);

test('a purchase that takes long is looked at by an activity: under a local one its end could be lost', async () => {
  house.first.script('*', [{ status: 500 }]);
  house.second.behaviour.thinkMs = 6_000;
  const { id } = await house.made(IMAGE).finally(() => (house.second.behaviour.thinkMs = 0));

  const { history } = await replayed(id);
  expect(JSON.stringify(history)).toContain('"activityType":{"name":"lookAtPurchase"}');
}, 60_000);

test('a video whose job runs on after its task was cancelled, and the workflow that follows the job', async () => {
  house.first.behaviour.videoMs = 60_000;
  house.first.script('*', [{ undeletable: true }]);
  const { id } = (await house.call('POST', '/v1/tasks', { body: VIDEO })).body;
  await eventually(async () => (await house.call('GET', `/v1/tasks/${id}`)).body.phase === 'waiting_provider', { withinMs: 20_000 });
  await house.call('POST', `/v1/tasks/${id}/cancel`);
  await house.ended(id);
  house.first.behaviour.videoMs = 0;

  await replayed(id);
  const { workflowType } = await replayedAndKept(followLateId(id));
  expect(workflowType).toBe('followLate');
}, 60_000);

test('a firing of a schedule', async () => {
  const body = { defaults: IMAGE, items: [{}], schedule: { cron: '0 9 * * 1', time_zone: 'Asia/Shanghai' } };
  const { id } = (await house.call('POST', '/v1/campaigns', { body })).body;
  const handle = new Client({ connection }).schedule.getHandle(id);
  await handle.backfill({ start: new Date('2026-11-22T00:00:00Z'), end: new Date('2026-11-24T00:00:00Z') });

  const { workflowType } = await replayedAndKept(`${id}-2026-11-23T01:00:00Z`);
  expect(workflowType).toBe('fireSchedule');
  await house.call('DELETE', `/v1/schedules/${id}`);
}, 60_000);

test('a callback that arrives at the second try', async () => {
  receiverStatuses = [500];
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const task = await house.made({ ...IMAGE, callback_url: url });
  const event = await eventually(
    async () => {
      const { body } = await house.call('GET', `/v1/callbacks?task_id=${task.id}`);
      return body.data?.[0]?.status === 'delivered' ? body.data[0] : undefined;
    },
    { withinMs: 30_000, everyMs: 200 },
  );

  expect(event.attempts).toMatchObject([{ status_code: 500 }, { status_code: 204 }]);
  await replayedAndKept(event.id);
}, 60_000);

test('a look at the alerts', async () => {
  const schedule = new Client({ connection }).schedule.getHandle(alertScheduleId(house.atelier.queuePrefix));
  const workflowId = await eventually(async () => (await schedule.describe()).info.recentActions[0]?.action.workflow.workflowId, {
    withinMs: 40_000,
    everyMs: 500,
  });

  const { workflowType } = await replayedAndKept(workflowId);
  expect(workflowType).toBe('evaluateAlerts');
}, 60_000);

test('a notice that arrives at the second try', async () => {
  receiverStatuses = [500];
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alert`;
  const key = house.atelier.adminKey;
  const body = { name: 'told', rule: 'backlog_age', channels: [{ type: 'webhook', url }] };
  const { id } = (await house.call('POST', '/admin/v1/alerts', { key, body })).body;
  const [sent] = (await house.call('POST', `/admin/v1/alerts/${id}/test`, { key })).body.data;

  const { workflowType } = await replayedAndKept(sent.id);
  expect(workflowType).toBe('deliverNotice');
}, 60_000);

test('a campaign of which one item fails', async () => {
  house.first.script('*', [{ status: 400, code: 'invalid_prompt', message: 'no' }, {}]);
  const items = [1, 2, 3, 4, 5].map((n) => ({ key: `sku-${n}`, input: { prompt: `Loaf ${n}.` } }));
  const { body: campaign } = await house.call('POST', '/v1/campaigns', {
    body: { defaults: { type: 'image', model: 'image' }, items, concurrency: 2 },
  });
  const done = await eventually(
    async () => {
      const { body } = await house.call('GET', `/v1/campaigns/${campaign.id}`);
      return body.status === 'completed' ? body : undefined;
    },
    { withinMs: 50_000, everyMs: 200 },
  );

  expect(done.counts).toMatchObject({ total: 5, succeeded: 4, failed: 1 });
  await replayedAndKept(campaign.id);
}, 90_000);

test('a batch: its file is read, and its files are written once its campaign has ended', async () => {
  const url = '/v1/chat/completions';
  const lines = [1, 2].map((n) => ({
    custom_id: `line-${n}`,
    method: 'POST',
    url,
    body: { model: 'text', messages: [{ role: 'user', content: `Say ${n}.` }] },
  }));
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', new Blob([lines.map((line) => JSON.stringify(line)).join('\n')]), 'lines.jsonl');
  const upload = await fetch(`${house.atelier.baseUrl}/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}` },
    body: form,
  });
  const file = (await upload.json()) as { readonly id: string };
  const { body: batch } = await house.call('POST', '/v1/batches', {
    body: { input_file_id: file.id, endpoint: url, completion_window: '24h' },
  });
  await eventually(async () => (await house.call('GET', `/v1/batches/${batch.id}`)).body.status === 'in_progress', {
    withinMs: 50_000,
    everyMs: 10,
  });
  await replayed(batch.id);
  const done = await eventually(
    async () => {
      const { body } = await house.call('GET', `/v1/batches/${batch.id}`);
      return body.status === 'completed' ? body : undefined;
    },
    { withinMs: 50_000, everyMs: 200 },
  );

  expect(done.request_counts).toEqual({ total: 2, completed: 2, failed: 0 });
  await replayedAndKept(batch.id);
}, 120_000);
