import { Connection, WorkflowClient } from '@temporalio/client';
import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { callerOf, textTask, type Caller } from './support/caller';
import { startReceiver, type Receiver } from './support/receiver';
import { runSql } from './support/run-sql';

let atelier: TestAtelier;
let receiver: Receiver;
let caller: Caller;
let stop = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  atelier = await startAtelier({ env: { ATELIER_CALLBACK_SCALE: '0.05' } });
  receiver = await startReceiver(atelier.callbackSecret);
  stop = async () => {
    await receiver.shut();
    await atelier.stop();
  };
  caller = callerOf(atelier);
}, 120_000);

afterAll(() => stop(), 60_000);

function imageTask(url: string): object {
  return { type: 'image', model: 'sandbox-image', input: { prompt: 'a jar' }, output: { size: '256x256' }, callback_url: url };
}

async function deliveredCount(): Promise<number> {
  const [row] = await runSql(atelier.databaseUrl, "select count(*)::int as count from callbacks where status = 'delivered'");
  return row.count;
}

/** Paths that got anything under more than one id, or no delivery at all. */
function faultsOf(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    const tries = receiver.at(path);
    return (
      new Set(tries.map(({ id }) => id)).size !== 1 ||
      tries.some(({ fault }) => fault !== null) ||
      !tries.some(({ answered }) => answered === 200)
    );
  });
}

test('api and worker killed again and again lose no event and send none under another id', async () => {
  const paths = Array.from({ length: 24 }, (_, index) => `/crash-${index}`);
  for (const path of paths) receiver.answer(path, [500, 500, 200]);

  const ids: string[] = [];
  for (const [index, path] of paths.entries()) {
    ids.push(await caller.submit(index % 3 === 0 ? imageTask(receiver.url(path)) : textTask(receiver.url(path), `number ${index}`)));
  }
  // In the middle of first tries, then of later ones.
  await eventually(() => receiver.all.length >= 4, { withinMs: 20_000, everyMs: 5 });
  await Promise.all([atelier.kill('worker'), atelier.kill('api')]);
  await atelier.restart('worker').catch(() => undefined);
  await atelier.restart('api');
  await eventually(() => receiver.all.length >= 30, { withinMs: 60_000, everyMs: 5 });
  await atelier.kill('worker');
  await atelier.restart('worker');

  await eventually(async () => (await deliveredCount()) === ids.length, { withinMs: 150_000, everyMs: 200 });
  const { body } = await caller.call('GET', '/callbacks?limit=100');

  expect(body.data.map(({ task_id }: any) => task_id).sort()).toEqual([...ids].sort());
  expect(faultsOf(paths)).toEqual([]);
}, 300_000);

test('events that were settled while no worker lived are delivered when one comes', async () => {
  await atelier.kill('worker');
  const taskId = await caller.submit(textTask(receiver.url('/alone')));
  const ended = await eventually(async () => (await caller.call('GET', `/tasks/${taskId}`)).body.finished_at, { withinMs: 20_000 });
  expect(receiver.at('/alone')).toEqual([]);

  await atelier.restart('worker');
  const callback = await caller.callback(taskId, ({ status }) => status === 'delivered', 30_000);

  expect(callback.attempts).toHaveLength(1);
  expect(receiver.at('/alone')[0]!.event.data.finished_at).toBe(ended);
}, 90_000);

test('a delivery whose workflow was terminated goes on in a new one', async () => {
  receiver.answer('/ended', [500, 500, 500, 200]);
  const taskId = await caller.submit(textTask(receiver.url('/ended')));
  const { id } = await caller.callback(taskId, ({ attempts }) => attempts.length === 2);
  const connection = await Connection.connect({ address: atelier.env['TEMPORAL_ADDRESS']! });
  await new WorkflowClient({ connection }).getHandle(id).terminate('by the test');
  await connection.close();

  const delivered = await caller.callback(taskId, ({ status }) => status === 'delivered', 60_000);

  expect(delivered.attempts.map(({ status_code }: any) => status_code)).toEqual([500, 500, 500, 200]);
  expect(new Set(receiver.at('/ended').map((delivery) => delivery.id))).toEqual(new Set([id]));
}, 90_000);
