import { KEYS, startHouse, type House } from './support/house';

let house: House;
let stop = (): Promise<void> => Promise.resolve();
beforeAll(async () => {
  house = await startHouse();
  stop = () => house.stop();
}, 120_000);
afterAll(() => stop(), 60_000);
beforeEach(() => {
  house.first.reset();
  house.second.reset();
  house.s3.refuse(null);
});

const IMAGE = {
  type: 'image',
  model: 'image',
  input: { prompt: 'A loaf.', negative_prompt: 'crumbs' },
  output: { size: '512x512', seed: 0 },
};

test('a task that failed is replayed on another model, with the stored input and metadata', async () => {
  house.first.script('*', [{ status: 500 }]);
  house.second.script('up-image', [{ status: 500 }]);
  const failed = await house.made({ ...IMAGE, metadata: { sku: '1' }, external_id: 'order-1' });
  const answer = await house.call('POST', `/v1/tasks/${failed.id}/replay`, {
    body: { overrides: { model: 'other-image', output: { seed: 7 } } },
  });
  const task = await house.ended(answer.body.id);

  expect(failed).toMatchObject({ status: 'failed', error: { code: 'provider_unavailable' } });
  expect([answer.status, answer.headers.get('x-atelier-run-id')]).toEqual([202, task.id]);
  expect(task).toMatchObject({
    status: 'succeeded',
    model: 'other-image',
    replay_of: failed.id,
    input: { prompt: 'A loaf.', negative_prompt: 'crumbs' },
    output: { size: '512x512', seed: 7 },
    metadata: { sku: '1' },
    external_id: null,
    callback_url: null,
    cost: { actual: '0.05' },
  });
  expect(await house.ledger()).toMatchObject({ ok: true });
}, 60_000);

test('a chat of the compatible endpoint is replayed as a task that gives its answer in text', async () => {
  const chat = await house.call('POST', '/v1/chat/completions', {
    body: {
      model: 'text',
      messages: [{ role: 'user', content: 'Say hello.' }],
      temperature: 0.5,
      response_format: { type: 'text', x: { a: 1, b: 2 } },
    },
  });
  const body = { overrides: { params: { temperature: null, response_format: { x: { b: 3 } } } } };
  const replayed = await house.call('POST', `/v1/tasks/${chat.body.id}/replay`, { body, headers: { prefer: 'wait=20' } });
  const cancelled = await house.call('POST', `/v1/tasks/${chat.body.id}/replay`, {
    body: { overrides: { input: { prompt: 'Another.' } } },
    headers: { prefer: 'wait=20' },
  });

  expect(replayed).toMatchObject({
    status: 200,
    body: {
      status: 'succeeded',
      replay_of: chat.body.id,
      text: chat.body.choices[0].message.content,
      params: { response_format: { type: 'text', x: { a: 1, b: 3 } } },
    },
  });
  expect(replayed.body.params).not.toHaveProperty('temperature');
  expect(cancelled.body.input).toEqual({ messages: [{ role: 'user', content: 'Another.' }] });
}, 60_000);

test('an embedding of the compatible endpoint is replayed, its numbers in text', async () => {
  const { headers, body: list } = await house.call('POST', '/v1/embeddings', { body: { model: 'embed', input: ['a', 'b'] } });
  const { body: task } = await house.call('POST', `/v1/tasks/${headers.get('x-atelier-run-id')!}/replay`, {
    headers: { prefer: 'wait=20' },
  });

  expect(task).toMatchObject({ status: 'succeeded', type: 'text', input: { input: ['a', 'b'] } });
  expect(JSON.parse(task.text).data).toHaveLength(list.data.length);
}, 60_000);

test('images and videos of the compatible endpoints are replayed', async () => {
  const image = await house.call('POST', '/v1/images/generations', { body: { model: 'image', prompt: 'A loaf.', size: '512x512' } });
  const { body: video } = await house.call('POST', '/v1/videos', { body: { model: 'video', prompt: 'A wave.', seconds: '4' } });
  await house.ended(video.id);
  const first = await house.call('POST', `/v1/tasks/${image.headers.get('x-atelier-run-id')!}/replay`);
  const second = await house.call('POST', `/v1/tasks/${video.id}/replay`);

  expect(await house.ended(first.body.id)).toMatchObject({ status: 'succeeded', type: 'image', output: { size: '512x512' } });
  expect(await house.ended(second.body.id)).toMatchObject({ status: 'succeeded', type: 'video', output: { duration_s: 4 } });
}, 60_000);

test('a repeat with the same key finds the same replay, as it is now; another request with it is refused', async () => {
  const parent = await house.made(IMAGE);
  const other = await house.made(IMAGE);
  const headers = { 'idempotency-key': 'replay-1' };
  const first = await house.call('POST', `/v1/tasks/${parent.id}/replay`, { headers });
  await house.ended(first.body.id);
  const creates = house.first.counts.creates;
  const repeat = await house.call('POST', `/v1/tasks/${parent.id}/replay`, { headers });
  const changed = await house.call('POST', `/v1/tasks/${parent.id}/replay`, { headers, body: { overrides: { output: { seed: 1 } } } });
  const elsewhere = await house.call('POST', `/v1/tasks/${other.id}/replay`, { headers });

  expect([repeat.status, repeat.body.id, repeat.body.status, repeat.headers.get('idempotent-replayed')]).toEqual([
    200,
    first.body.id,
    'succeeded',
    'true',
  ]);
  expect([changed, elsewhere].map(({ status, body }) => [status, body.error.code])).toEqual(Array(2).fill([422, 'idempotency_key_reuse']));
  expect(house.first.counts.creates).toBe(creates);
}, 60_000);

test('a task that has not ended, and one of another team, cannot be replayed', async () => {
  house.first.behaviour.videoMs = 60_000;
  const { body: running } = await house.call('POST', '/v1/tasks', {
    body: { type: 'video', model: 'video', input: { prompt: 'A wave.' } },
  });
  const early = await house.call('POST', `/v1/tasks/${running.id}/replay`);
  const foreign = await house.call('POST', `/v1/tasks/${running.id}/replay`, { key: KEYS.other });
  await house.call('POST', `/v1/tasks/${running.id}/cancel`);
  house.first.behaviour.videoMs = 0;

  expect([early.status, early.body.error.code, early.headers.get('x-should-retry')]).toEqual([409, 'task_not_finished', 'false']);
  expect([foreign.status, foreign.body.error.code]).toEqual([404, 'not_found']);
}, 60_000);

test.each([
  ['a model that does not exist', { overrides: { model: 'nothing' } }, 404, 'model_not_found', 'model'],
  ['a model of another modality', { overrides: { model: 'text' } }, 400, 'invalid_value', 'model'],
  ['a size that the model does not offer', { overrides: { output: { size: '7x7' } } }, 400, 'invalid_value', 'overrides.output.size'],
  ['a parameter of videos', { overrides: { output: { duration_s: 4 } } }, 400, 'unknown_parameter', 'overrides.output.duration_s'],
  ['an unknown input', { overrides: { input: { messages: [] } } }, 400, 'unknown_parameter', 'overrides.input.messages'],
  ['an unknown field', { override: {} }, 400, 'unknown_parameter', 'override'],
  ['a callback URL that must not be called', { callback_url: 'http://169.254.169.254/' }, 400, 'invalid_url', 'callback_url'],
])('an override at fault is named and nothing is stored: %s', async (_what, body, status, code, param) => {
  const parent = await house.made(IMAGE);
  const before = (await house.call('GET', '/v1/tasks')).body.data[0].id;
  const answer = await house.call('POST', `/v1/tasks/${parent.id}/replay`, { body });

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([status, code, param]);
  expect((await house.call('GET', '/v1/tasks')).body.data[0].id).toBe(before);
});

test('a replay that does not fit its budget fails like any task', async () => {
  const parent = await house.made(IMAGE);
  const answer = await house.call('POST', `/v1/tasks/${parent.id}/replay`, { key: KEYS.poor });

  expect([answer.status, answer.body.error.code, answer.headers.get('x-should-retry')]).toEqual([429, 'insufficient_quota', 'false']);
});

test('the command line replays, waits and saves what was made', async () => {
  const parent = await house.made(IMAGE);
  const { code, json } = await house.cli('tasks', 'replay', parent.id, '--output', 'seed=3', '--input', 'prompt=7', '--wait', '--json');

  expect(code).toBe(0);
  expect(json()).toMatchObject({ status: 'succeeded', replay_of: parent.id, input: { prompt: '7' }, output: { seed: 3, size: '512x512' } });
}, 60_000);
