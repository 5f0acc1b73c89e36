import { eventually } from '../support/eventually';
import { startAtelier, type TestAtelier } from '../support/stack';
import { SANDBOX_CONFIG, SAMPLE_TEAM_CONFIG } from '../support/sample-config';
import { cli } from '../cli/support/run-cli';
import { callerOf, textTask, type Caller } from './support/caller';
import { runSql } from './support/run-sql';
import { startReceiver, type Delivery, type Receiver } from './support/receiver';

const CONFIG = `${SANDBOX_CONFIG}
  - { name: moderated, modality: image, price: free, routes: [{ provider: sandbox, model: sandbox-image-moderated }] }
${SAMPLE_TEAM_CONFIG}
  - name: rival
    credentials: [{ name: rival, class: production, key: "\${RIVAL_KEY}" }]
`;
const RIVAL_KEY = 'sk-rival-0123456789abcdef';

let atelier: TestAtelier;
let receiver: Receiver;
let caller: Caller;
let stop = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  // A twentieth of the schedule: 0, 0.25, 1.5, 6 and 30 s.
  atelier = await startAtelier({ config: CONFIG, env: { ATELIER_CALLBACK_SCALE: '0.05', RIVAL_KEY } });
  receiver = await startReceiver(atelier.callbackSecret);
  stop = async () => {
    await receiver.shut();
    await atelier.stop();
  };
  caller = callerOf(atelier);
}, 120_000);

/** The first try of an event, as soon as it is there. */
function arrivalAt(path: string): Promise<Delivery> {
  return eventually(() => receiver.at(path)[0], { withinMs: 30_000 });
}

afterAll(async () => {
  await stop();
}, 60_000);

test('a receiver that answers 500 twice gets the same event a third time, each try signed', async () => {
  receiver.answer('/twice', [500, 500, 200]);

  const taskId = await caller.submit(textTask(receiver.url('/twice')));
  const callback = await caller.callback(taskId, ({ status }) => status === 'delivered');
  const tries = receiver.at('/twice');

  expect(tries.map(({ answered, fault }) => [answered, fault])).toEqual([
    [500, null],
    [500, null],
    [200, null],
  ]);
  expect(new Set(tries.map(({ id }) => id))).toEqual(new Set([callback.id]));
  expect(callback).toMatchObject({
    id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
    object: 'callback',
    type: 'task.succeeded',
    task_id: taskId,
    campaign_id: null,
    url: receiver.url('/twice'),
    next_attempt_at: null,
    attempts: [
      { status_code: 500, error: expect.stringContaining('500'), response_excerpt: 'no: 500' },
      { status_code: 500 },
      { status_code: 200, error: null, duration_ms: expect.any(Number) },
    ],
  });
  expect(JSON.stringify(callback)).not.toContain('webhook-signature');
});

test('the first try follows the end of a task at once and carries the task as GET answers it', async () => {
  const taskId = await caller.submit({
    type: 'image',
    model: 'sandbox-image',
    input: { prompt: 'a kettle' },
    output: { size: '256x256' },
    metadata: { sku: '7' },
    callback_url: receiver.url('/image'),
  });
  const delivery = await arrivalAt('/image');
  const { body: task } = await caller.call('GET', `/tasks/${taskId}`);

  expect(delivery.at - Date.parse(task.finished_at)).toBeLessThan(5_000);
  expect(delivery.event).toMatchObject({ id: delivery.id, object: 'event', type: 'task.succeeded', created_at: expect.any(Number) });
  expect(Math.abs(delivery.event.created_at - Date.parse(task.finished_at) / 1_000)).toBeLessThan(5);
  expect(new Date(delivery.event.timestamp).toISOString()).toBe(delivery.event.timestamp);
  const withoutLinks = (one: any) => ({
    ...one,
    outputs: one.outputs.map((output: object) => ({ ...output, url: 0, thumbnail_url: 0, expires_at: 0 })),
  });
  expect(withoutLinks(delivery.event.data)).toEqual(withoutLinks(task));
  const image = await fetch(delivery.event.data.outputs[0].url);
  expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png']);
});

test('inputs over 4 kB stay out of the event, smaller ones do not', async () => {
  await caller.submit(textTask(receiver.url('/large'), 'x'.repeat(5_000)));
  await caller.submit(textTask(receiver.url('/small'), 'x'.repeat(3_000)));
  const large = await arrivalAt('/large');
  const small = await arrivalAt('/small');

  expect(large.event.data).toMatchObject({ status: 'succeeded', input: null, text: expect.any(String) });
  expect(large.text).not.toContain('x'.repeat(5_000));
  expect(small.event.data.input.messages[0].content).toBe('x'.repeat(3_000));
});

test('a failed task is reported as failed, a cancelled one as cancelled', async () => {
  const failed = await caller.submit({ type: 'image', model: 'moderated', input: { prompt: 'x' }, callback_url: receiver.url('/failed') });
  const cancelled = await caller.submit({
    type: 'video',
    model: 'sandbox-video',
    input: { prompt: 'x' },
    callback_url: receiver.url('/cancelled'),
  });
  await caller.call('POST', `/tasks/${cancelled}/cancel`);

  await caller.callback(failed, ({ status }) => status === 'delivered', 40_000);
  await caller.callback(cancelled, ({ status }) => status === 'delivered', 40_000);

  expect(receiver.at('/failed')[0]!.event).toMatchObject({
    type: 'task.failed',
    data: { id: failed, error: { code: 'content_policy_violation' } },
  });
  expect(receiver.at('/cancelled')[0]!.event).toMatchObject({ type: 'task.cancelled', data: { id: cancelled, status: 'cancelled' } });
});

test('a campaign reports its end with itself as data; its items send nothing of their own', async () => {
  const started = await caller.call('POST', '/campaigns', {
    defaults: { type: 'text', model: 'sandbox-text' },
    items: [{ input: { prompt: 'one' } }, { input: { prompt: 'two' } }],
    callback_url: receiver.url('/campaign'),
  });
  const { event, id } = await arrivalAt('/campaign');
  const { body: campaign } = await caller.call('GET', `/campaigns/${started.body.id}`);
  const listed = await caller.call('GET', `/callbacks?campaign_id=${started.body.id}`);

  expect(event).toMatchObject({ type: 'campaign.completed', data: { counts: { total: 2, succeeded: 2 } } });
  expect(event.data).toEqual(campaign);
  expect(listed.body.data).toMatchObject([{ id, type: 'campaign.completed', task_id: null, campaign_id: started.body.id }]);
  expect(receiver.at('/campaign')).toHaveLength(1);
});

test('a redirect is not followed and counts as a failed try', async () => {
  receiver.answer('/moved', [302, 200]);

  const taskId = await caller.submit(textTask(receiver.url('/moved')));
  const callback = await caller.callback(taskId, ({ status }) => status === 'delivered');

  expect(receiver.at('/elsewhere')).toEqual([]);
  expect(callback.attempts[0]).toMatchObject({ status_code: 302, error: expect.stringContaining('redirect') });
});

test('410 ends the tries for good, until a redelivery is asked for', async () => {
  receiver.answer('/gone', [410, 200]);

  const taskId = await caller.submit(textTask(receiver.url('/gone')));
  const gone = await caller.callback(taskId, ({ status }) => status === 'failed');
  expect(gone).toMatchObject({ attempts: [{ status_code: 410 }], next_attempt_at: null });

  const again = await caller.call('POST', `/callbacks/${gone.id}/redeliver`);
  const delivered = await caller.callback(taskId, ({ status }) => status === 'delivered');

  expect(again).toMatchObject({ status: 202, body: { id: gone.id, object: 'callback' } });
  expect(delivered.attempts.map(({ status_code }: any) => status_code)).toEqual([410, 200]);
  expect(receiver.at('/gone').map(({ id, fault }) => [id, fault])).toEqual([
    [gone.id, null],
    [gone.id, null],
  ]);
});

test('a redelivery of what was delivered sends the same event id again', async () => {
  const taskId = await caller.submit(textTask(receiver.url('/again')));
  const first = await caller.callback(taskId, ({ status }) => status === 'delivered');

  await caller.call('POST', `/callbacks/${first.id}/redeliver`);
  const second = await caller.callback(taskId, ({ status, attempts }) => status === 'delivered' && attempts.length === 2);

  expect(second.id).toBe(first.id);
  expect(receiver.at('/again').map(({ id }) => id)).toEqual([first.id, first.id]);
});

test('a redelivery during the pause of a delivery under way is made at once and starts the tries anew', async () => {
  receiver.answer('/pause', [500, 500, 500, 500, 200]);
  const taskId = await caller.submit(textTask(receiver.url('/pause')));
  // The fifth try would come 24 s after the fourth.
  const waiting = await caller.callback(taskId, ({ attempts }) => attempts.length === 4);
  expect(Date.parse(waiting.next_attempt_at) - Date.now()).toBeGreaterThan(15_000);
  const askedAt = Date.now();

  await caller.call('POST', `/callbacks/${waiting.id}/redeliver`);
  await caller.callback(taskId, ({ status }) => status === 'delivered', 10_000);

  expect(receiver.at('/pause').at(-1)!.at - askedAt).toBeLessThan(8_000);
  expect(new Set(receiver.at('/pause').map(({ id }) => id)).size).toBe(1);
});

test('a receiver that is down for ten minutes of the schedule gets the event afterwards', async () => {
  const downUrl = receiver.url('/down');
  await receiver.shut();
  const taskId = await caller.submit(textTask(downUrl));
  // Tries up to 2 min of the schedule have failed; the next one comes at its 10 min.
  const down = await caller.callback(taskId, ({ attempts }) => attempts.length === 4, 30_000);
  await receiver.open();

  const delivered = await caller.callback(taskId, ({ status }) => status === 'delivered', 45_000);

  expect(down.attempts.map(({ status_code, error }: any) => [status_code, /nothing listens|did not answer/.test(error)])).toEqual(
    Array(4).fill([null, true]),
  );
  expect(delivered.attempts).toHaveLength(5);
  expect(receiver.at('/down').map(({ id, fault }) => [id, fault])).toEqual([[delivered.id, null]]);
}, 90_000);

test('callbacks are listed by task, status and page, newest first', async () => {
  const ids: string[] = [];
  for (const path of ['/list-1', '/list-2', '/list-3']) ids.push(await caller.submit(textTask(receiver.url(path))));
  for (const id of ids) await caller.callback(id, ({ status }) => status === 'delivered');

  const first = await caller.call('GET', '/callbacks?status=delivered&limit=2');
  const second = await caller.call('GET', `/callbacks?status=delivered&limit=2&after=${first.body.last_id}`);
  const one = await caller.call('GET', `/callbacks/${first.body.first_id}`);

  expect(first.body).toMatchObject({ object: 'list', has_more: true });
  expect(first.body.data.map(({ task_id }: any) => task_id)).toEqual([ids[2], ids[1]]);
  expect(second.body.data[0].task_id).toBe(ids[0]);
  expect(one.body).toEqual(first.body.data[0]);
  expect((await caller.call('GET', '/callbacks?campaign_id=camp_none')).body.data).toEqual([]);
  expect(await caller.call('GET', '/callbacks?status=lost')).toMatchObject({ status: 400, body: { error: { param: 'status' } } });
});

test('the command line lists events and delivers them again', async () => {
  receiver.answer('/cli', [410, 200]);
  const taskId = await caller.submit(textTask(receiver.url('/cli')));
  const { id } = await caller.callback(taskId, ({ status }) => status === 'failed');
  const env = { ATELIER_BASE_URL: atelier.baseUrl, ATELIER_KEY: atelier.keys.production };

  const listed = await cli(['callbacks', 'list', '--task', taskId], { env });
  const again = await cli(['callbacks', 'redeliver', id, '--json'], { env });
  await caller.callback(taskId, ({ status }) => status === 'delivered');
  const afterwards = await cli(['callbacks', 'list', '--status', 'delivered', '--limit', '1', '--json'], { env });
  const unknown = await cli(['callbacks', 'redeliver', 'evt_none'], { env });

  expect(listed.stdout).toMatch(new RegExp(`${id}\\s+task.succeeded\\s+${taskId}\\s+failed\\s+1\\s+410`));
  expect([again.code, again.json().id]).toEqual([0, id]);
  expect(afterwards.json().data).toMatchObject([{ id, attempts: [{ status_code: 410 }, { status_code: 200 }] }]);
  expect(unknown.code).toBe(1);
});

test("another team's callbacks are not there; the administrator sees them", async () => {
  const taskId = await caller.submit(textTask(receiver.url('/mine')));
  const { id } = await caller.callback(taskId, ({ status }) => status === 'delivered');
  const rival = callerOf(atelier, RIVAL_KEY);

  expect((await rival.call('GET', '/callbacks')).body.data).toEqual([]);
  expect(await rival.call('GET', `/callbacks/${id}`)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  expect(await rival.call('POST', `/callbacks/${id}/redeliver`)).toMatchObject({ status: 404 });
  expect(await rival.call('GET', `/callbacks?after=${id}`)).toMatchObject({ status: 404 });
  expect(await callerOf(atelier, atelier.adminKey).call('GET', `/callbacks/${id}`)).toMatchObject({ status: 200, body: { id } });
  expect(receiver.at('/mine')).toHaveLength(1);
});

test('a refused callback_url is a 400 that names the field, and nothing is stored', async () => {
  const before = (await caller.call('GET', '/tasks?limit=1')).body.first_id;
  for (const url of ['http://10.0.0.1/hook', 'ftp://example.com/x', 'http://user:secret@127.0.0.1/', `${atelier.origin}/v1/models`]) {
    const answer = await caller.call('POST', '/tasks', textTask(url));
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_url', param: 'callback_url' } } });
  }
  expect((await caller.call('GET', '/tasks?limit=1')).body.first_id).toBe(before);
});

test('an address that turns private after the submission is a failed try, and nothing is sent there', async () => {
  const taskId = await caller.submit(textTask(receiver.url('/turns')));
  const { id } = await caller.callback(taskId, ({ status }) => status === 'delivered');
  await runSql(atelier.databaseUrl, 'update callbacks set url = $1 where id = $2', ['http://10.0.0.1/turns', id]);

  await caller.call('POST', `/callbacks/${id}/redeliver`);
  const failed = await caller.callback(taskId, ({ attempts }) => attempts.length >= 2);

  expect(failed).toMatchObject({ status: 'pending', next_attempt_at: expect.any(String) });
  expect(failed.attempts[1]).toMatchObject({ status_code: null, error: expect.stringContaining('not public') });
});

test('no address, body or secret of an event enters the history of its workflow', async () => {
  const taskId = await caller.submit(textTask(receiver.url('/history'), 'a sentence to look for'));
  const { id } = await caller.callback(taskId, ({ status }) => status === 'delivered');
  const { Connection, WorkflowClient } = await import('@temporalio/client');
  const connection = await Connection.connect({ address: atelier.env['TEMPORAL_ADDRESS']! });
  try {
    const history = await new WorkflowClient({ connection }).getHandle(id).fetchHistory();
    const texts = JSON.stringify(history, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    );

    expect(texts).toContain(id);
    for (const kept of ['127.0.0.1', 'whsec_', 'a sentence', 'webhook-signature']) expect(texts).not.toContain(kept);
  } finally {
    await connection.close();
  }
});
