import { startReceiver, type Receiver } from '../callbacks/support/receiver';
import { cli } from '../cli/support/run-cli';
import { eventually } from '../support/eventually';
import type { Step } from '../support/fake-provider';
import { useHouse } from './support/house';
import { aHintedVideo, useKlingLab } from './support/provider-webhooks';

const kling = useKlingLab();
const house = useHouse(kling.beside({}));
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver(house.atelier.callbackSecret);
});
afterAll(() => receiver.shut());

/** Longer than a test: the job ends when its test says so. */
const NEVER_MS = 3_600_000;
const PAID = '0.4';

/** A video whose job cannot be stopped, once it is waited for. */
async function running(step: Step = {}, more: object = {}, key?: string): Promise<string> {
  house.first.behaviour.videoMs = NEVER_MS;
  house.first.script('fake-video', [{ ...step, undeletable: true }]);
  const body = { type: 'video', model: 'video', input: { prompt: 'A red fox runs.' }, output: { duration_s: 4 }, ...more };
  const answer = await house.call('POST', '/v1/tasks', { body, ...(key === undefined ? {} : { key }) });
  expect(answer.status).toBe(202);
  await eventually(() => looks() > 0, { withinMs: 30_000 });
  return answer.body.id;
}
const looks = (): number => house.first.counts.calls.get('GET /v1/videos/{id}') ?? 0;

async function cancelled(id: string): Promise<any> {
  expect((await house.call('POST', `/v1/tasks/${id}/cancel`)).status).toBe(200);
  return house.ended(id, 30_000);
}

/** It is looked at after its task has ended. */
async function followed(): Promise<void> {
  const before = looks();
  await eventually(() => looks() > before + 1, { withinMs: 30_000 });
}

/** The task once its attempt says what became of the job. */
function closed(id: string, outcome: string): Promise<any> {
  return eventually(
    async () => {
      const task = await house.task(id);
      return task.routing.attempts[0].outcome === outcome && task;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}

test('a video that runs on after its task was cancelled is followed, offered and told of, and a replay takes it up at no cost', async () => {
  const { body: endpoint } = await house.call('POST', '/v1/webhook_endpoints', {
    body: { name: 'late', url: receiver.url('/late'), event_types: ['task.late_outputs'] },
  });
  house.atelier.watchSecret(endpoint.signing_secret);
  const id = await running();
  const task = await cancelled(id);
  const { headers } = await house.call('GET', `/v1/tasks/${id}`);
  await followed();
  house.first.behaviour.videoMs = 0;
  const late = await closed(id, 'succeeded');
  const again = await house.call('GET', `/v1/tasks/${id}`, { headers: { 'if-none-match': headers.get('etag')! } });
  const told = await eventually(() => receiver.at('/late')[0], { withinMs: 30_000 });
  const explanation = await house.call('GET', `/v1/tasks/${id}/explanation`);
  const replay = await house.ended((await house.call('POST', `/v1/tasks/${id}/replay`)).body.id);

  expect(task).toMatchObject({ status: 'cancelled', cost: { actual: PAID, reserved: '0' }, late_outputs: null, outputs: [] });
  expect(late).toMatchObject({ status: 'cancelled', cost: { actual: PAID }, late_outputs: { attempt: 1, count: 1 }, outputs: [] });
  expect(again.status).toBe(200);
  expect(told.event).toMatchObject({
    type: 'task.late_outputs',
    data: { id, object: 'task', status: 'cancelled', campaign_id: null, late_outputs: { attempt: 1, count: 1 } },
  });
  expect(JSON.stringify(explanation.body.what_to_do)).toMatch(/takes up what the provider delivered/);
  expect(replay).toMatchObject({ status: 'succeeded', replay_of: id, cost: { actual: '0' }, outputs: [{ kind: 'video' }] });
  expect([house.first.counts.creates, house.second.counts.creates]).toEqual([1, 0]);
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });

  const history = await cli(['runs', 'history', id, '--json'], { env: house.atelier.env });
  expect(history.json().events.map(({ summary }: any) => summary)).toEqual(
    expect.arrayContaining([expect.stringContaining(`${id}-late`), expect.stringMatching(/^attempt 1: succeeded after/)]),
  );
}, 120_000);

test('a video past its deadline is followed through the death of the worker, and its result offered', async () => {
  const id = await running({}, { deadline: { finish_within_s: 3 } });
  const task = await house.ended(id, 60_000);
  await followed();
  await house.atelier.kill('worker');
  house.first.behaviour.videoMs = 0;
  await house.atelier.restart('worker');
  const late = await closed(id, 'succeeded');
  const replay = await house.ended((await house.call('POST', `/v1/tasks/${id}/replay`)).body.id);

  expect(task).toMatchObject({ status: 'expired', cost: { actual: PAID }, late_outputs: null });
  expect(late).toMatchObject({ status: 'expired', cost: { actual: PAID }, late_outputs: { attempt: 1, count: 1 } });
  expect(replay).toMatchObject({ status: 'succeeded', cost: { actual: '0' }, outputs: [{ kind: 'video' }] });
  expect(house.first.counts.creates).toBe(1);
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
}, 180_000);

test('what was charged for a video that failed after its task was cancelled is given back, once', async () => {
  const key = await house.newKey('late');
  const id = await running({ jobFails: 'server_error' }, {}, key);
  await cancelled(id);
  const charged = await house.account('late');
  await followed();
  house.first.behaviour.videoMs = 0;
  const task = await closed(id, 'failed');
  const explanation = await house.call('GET', `/v1/tasks/${id}/explanation`);

  expect(charged).toMatchObject({ spent_usd: PAID, held_usd: '0' });
  expect(await house.account('late')).toMatchObject({ spent_usd: '0', held_usd: '0' });
  expect(explanation.body.charged).toMatch(/0\.4.* refunded after the end/);
  expect(task).toMatchObject({
    status: 'cancelled',
    cost: { actual: PAID, refunded: PAID },
    late_outputs: null,
    routing: { attempts: [{ outcome: 'failed', provider_code: 'server_error' }] },
  });
  expect(await house.ledger()).toMatchObject({ ok: true, open_reservations: 0 });
}, 120_000);

test('a provider that tells of a job that ran on after its task was cancelled is asked at once', async () => {
  const { id, path, looks, tell } = await aHintedVideo(house, kling);
  // Many looks away from its end.
  kling.job()!.looks = -1_000;
  const task = await cancelled(id);
  // The last look of its own workflow, and the first of the one that follows it: the next would come in an hour.
  await eventually(() => looks() === 3, { withinMs: 30_000 });
  kling.job()!.state = 'succeeded';
  const late = await eventually(
    async () => {
      expect((await tell(path)).status).toBe(200);
      const found = await house.task(id);
      return found.late_outputs !== null && found;
    },
    { withinMs: 30_000, everyMs: 250 },
  );

  expect(task).toMatchObject({ status: 'cancelled', late_outputs: null });
  expect(late).toMatchObject({ status: 'cancelled', late_outputs: { attempt: 1, count: 1 } });
}, 120_000);
