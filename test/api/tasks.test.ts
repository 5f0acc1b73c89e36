import sharp from 'sharp';
import { ADMIN_KEY, KEYS, useApi } from './support/api';
import { settle } from './support/lane';

const api = useApi();
const imageTask = { type: 'image', model: 'image-test', input: { prompt: 'A red fox.' }, output: { size: '512x512', n: 2 } };

const submit = async (body: object = imageTask, headers: Record<string, string> = {}) => api.call('POST', '/v1/tasks', { body, headers });

test('a submitted image is answered at once, reserved, and started', async () => {
  const answer = await submit({
    ...imageTask,
    external_id: 'sku-1',
    metadata: { k: 'v' },
    priority: 'high',
    budget: { max_cost_usd: '0.04' },
    deadline: { finish_within_s: 600 },
  });

  const task = answer.body;
  expect(answer.status).toBe(202);
  expect(task).toMatchObject({
    object: 'task',
    type: 'image',
    model: 'image-test',
    status: 'queued',
    progress: 0,
    started_at: null,
    finished_at: null,
    input: { prompt: 'A red fox.', negative_prompt: null, images: [] },
    output: { size: '512x512', n: 2 },
    outputs: [],
    text: null,
    usage: null,
    cost: { currency: 'USD', estimated: '0.04', reserved: '0.04', actual: null, settled_at: null, lines: [] },
    routing: { requested: 'image-test', selected: null, attempts: [], skipped: [] },
    error: null,
    credential: { name: 'site', class: 'production' },
    team: 'studio',
    external_id: 'sku-1',
    metadata: { k: 'v' },
    replay_of: null,
    campaign_id: null,
  });
  const self = `${api.origin}/v1/tasks/${task.id}`;
  expect(task.links).toEqual({ self, events: `${self}/events`, cancel: `${self}/cancel`, result: `${self}/outputs/0/content` });
  expect(answer.headers.get('location')).toBe(self);
  expect(answer.headers.get('x-atelier-run-id')).toBe(task.id);
  expect(answer.headers.get('openai-poll-after-ms')).toBe('1000');
  expect(api.started).toContain(task.id);
});

test('a text task goes to the background lane with its parameters', async () => {
  const answer = await submit({ type: 'text', model: 'gpt-test', input: { prompt: 'Say hello.' }, params: { temperature: 0 } });

  expect(answer.status).toBe(202);
  const admission = api.lane.inBackground.at(-1)!;
  expect(admission.task.id).toBe(answer.body.id);
  expect(admission.firstAttempt).toEqual({ provider: 'fake', model: 'up-text', instanceId: 'test-instance' });
  expect(admission.task.input).toEqual({
    operation: 'chat',
    messages: [{ role: 'user', content: 'Say hello.' }],
    params: { temperature: 0 },
  });
  expect(answer.body.params).toEqual({ temperature: 0 });
});

test('the answer of a finished text task is its text', async () => {
  const { body } = await submit({ type: 'text', model: 'gpt-test', input: { messages: [{ role: 'user', content: 'Hi' }] } });
  await settle(api.database.tasks, body.id, { choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' } }] });

  const answer = await api.call('GET', `/v1/tasks/${body.id}`);

  expect([answer.body.status, answer.body.text, answer.body.cost.actual, answer.body.cost.reserved]).toEqual([
    'succeeded',
    'Hello.',
    '0',
    '0',
  ]);
});

test.each([
  ['no type', { ...imageTask, type: undefined }, 'missing_required_parameter', 'type'],
  ['an unknown type', { ...imageTask, type: 'sound' }, 'invalid_value', 'type'],
  ['no prompt', { ...imageTask, input: {} }, 'missing_required_parameter', 'input.prompt'],
  ['size in the input', { ...imageTask, input: { prompt: 'x', size: '512x512' } }, 'unknown_parameter', 'input.size'],
  ['size beside type', { ...imageTask, size: '512x512' }, 'unknown_parameter', 'size'],
  ['a duration for an image', { ...imageTask, output: { duration_s: 5 } }, 'unknown_parameter', 'output.duration_s'],
  ['a made-up parameter', { ...imageTask, output: { sparkle: true } }, 'unknown_parameter', 'output.sparkle'],
  ['params for an image', { ...imageTask, params: {} }, 'unknown_parameter', 'params'],
  ['a size the model does not offer', { ...imageTask, output: { size: '640x480' } }, 'invalid_value', 'output.size'],
  ['an absurd size', { ...imageTask, output: { size: '99999x1' } }, 'invalid_value', 'output.size'],
  ['too many images', { ...imageTask, output: { n: 5 } }, 'invalid_value', 'output.n'],
  ['a prompt of a megabyte', { ...imageTask, input: { prompt: 'x'.repeat(1_000_000) } }, 'string_above_max_length', 'input.prompt'],
  [
    'two sources of one image',
    { ...imageTask, input: { prompt: 'x', images: [{ url: 'https://a.test/x', data: 'AAAA' }] } },
    'invalid_value',
    'input.images[0]',
  ],
  ['broken base64', { ...imageTask, input: { prompt: 'x', images: [{ data: 'A' }] } }, 'invalid_value', 'input.images[0].data'],
  [
    'data that is no image',
    { ...imageTask, input: { prompt: 'x', images: [{ data: 'AAAABBBB' }] } },
    'invalid_image',
    'input.images[0].data',
  ],
  [
    'a private URL',
    { ...imageTask, input: { prompt: 'x', images: [{ url: 'http://169.254.169.254/x' }] } },
    'invalid_url',
    'input.images[0].url',
  ],
  ['a private callback', { ...imageTask, callback_url: 'https://10.0.0.1/hook' }, 'invalid_url', 'callback_url'],
  ['a budget below the price', { ...imageTask, budget: { max_cost_usd: '0.039' } }, 'budget_exceeded', 'budget.max_cost_usd'],
  ['a budget that is a number', { ...imageTask, budget: { max_cost_usd: 1 } }, 'invalid_type', 'budget.max_cost_usd'],
  ['metadata that is no text', { ...imageTask, metadata: { k: 1 } }, 'invalid_type', 'metadata.k'],
  ['an output for text', { type: 'text', model: 'gpt-test', input: { prompt: 'x' }, output: {} }, 'unknown_parameter', 'output'],
  [
    'a stream for text',
    { type: 'text', model: 'gpt-test', input: { prompt: 'x' }, params: { stream: true } },
    'unknown_parameter',
    'params.stream',
  ],
  [
    'prompt and messages',
    { type: 'text', model: 'gpt-test', input: { prompt: 'x', messages: [{ role: 'user', content: 'x' }] } },
    'invalid_value',
    'input',
  ],
])('a task with %s is refused by name, and nothing is stored', async (_what, body, code, param) => {
  const before = await api.call('GET', '/v1/tasks?limit=1');

  const answer = await submit(body);

  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, code, param]);
  const after = await api.call('GET', '/v1/tasks?limit=1');
  expect(after.body.first_id).toBe(before.body.first_id);
});

test('a parameter at a wrong place is told its right one', async () => {
  const answer = await submit({ ...imageTask, input: { prompt: 'x', aspect_ratio: '16:9' } });

  expect(answer.body.error.message).toContain('Unknown parameter: input.aspect_ratio. It belongs in output.aspect_ratio.');
});

test('inline images become assets of the team', async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();

  const answer = await submit({
    ...imageTask,
    input: { prompt: 'x', images: [{ data: `data:image/png;base64,${png.toString('base64')}` }] },
  });

  const [image] = answer.body.input.images;
  expect(image.role).toBe('reference');
  expect(await api.database.assets.get(image.asset_id, null)).toMatchObject({ width: 8, height: 8, contentType: 'image/png' });
});

test('a repeat with one Idempotency-Key is the same task as it is now', async () => {
  const headers = { 'idempotency-key': 'task-1' };
  const first = await submit(imageTask, headers);
  const again = await submit(imageTask, headers);
  await settle(api.database.tasks, first.body.id, null);
  const finished = await submit(imageTask, headers);
  const other = await submit({ ...imageTask, output: {} }, headers);

  expect([again.status, again.body.id, again.headers.get('idempotent-replayed')]).toEqual([202, first.body.id, 'true']);
  expect([finished.status, finished.body.id, finished.body.status]).toEqual([200, first.body.id, 'succeeded']);
  expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reuse']);
});

test('an external_id names one task', async () => {
  const first = await submit({ ...imageTask, external_id: 'sku-7' });
  const again = await submit({ ...imageTask, external_id: 'sku-7' });
  const other = await submit({ ...imageTask, external_id: 'sku-7', output: {} });

  expect([again.status, again.body.id]).toEqual([202, first.body.id]);
  expect([other.status, other.body.error.code, other.headers.get('x-should-retry')]).toEqual([409, 'external_id_in_use', 'false']);
  const found = await api.call('GET', '/v1/tasks?external_id=sku-7');
  expect(found.body.data.map((task: { id: string }) => task.id)).toEqual([first.body.id]);
});

test('Prefer: wait answers when the task ends', async () => {
  const { body } = await submit();
  const waiting = api.call('GET', `/v1/tasks/${body.id}`, { headers: { prefer: 'wait=30' } });
  await settle(api.database.tasks, body.id, null);

  const answer = await waiting;

  expect([answer.status, answer.body.status, answer.headers.get('preference-applied')]).toEqual([200, 'succeeded', 'wait=30']);
});

test('Prefer: wait answers 202 when the task does not end in time', async () => {
  const answer = await submit(imageTask, { prefer: 'wait=1' });

  expect([answer.status, answer.body.status, answer.headers.get('preference-applied')]).toEqual([202, 'queued', 'wait=1']);
});

test('an unchanged task is 304, a changed one is not', async () => {
  const { body } = await submit();
  const first = await api.call('GET', `/v1/tasks/${body.id}`);
  const etag = first.headers.get('etag')!;

  const same = await api.call('GET', `/v1/tasks/${body.id}`, { headers: { 'if-none-match': etag } });
  await api.database.tasks.setProgress(body.id, 'waiting_provider', 0.4);
  const changed = await api.call('GET', `/v1/tasks/${body.id}`, { headers: { 'if-none-match': etag } });

  expect([same.status, same.text]).toEqual([304, '']);
  expect([changed.status, changed.body.progress]).toEqual([200, 0.4]);
});

test('a task of another team is not found, the admin finds it', async () => {
  const { body } = await submit();

  for (const path of ['', '/events', '/outputs/0/content']) {
    const answer = await api.call('GET', `/v1/tasks/${body.id}${path}`, { key: KEYS.other });
    expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
  }
  expect((await api.call('POST', `/v1/tasks/${body.id}/cancel`, { key: KEYS.other })).status).toBe(404);
  expect((await api.call('GET', `/v1/tasks?after=${body.id}`, { key: KEYS.other })).status).toBe(404);
  expect((await api.call('GET', `/v1/tasks/${body.id}`, { key: ADMIN_KEY })).body.id).toBe(body.id);
});

test('a cancel is told to the owner and may be repeated', async () => {
  const { body } = await submit();

  const first = await api.call('POST', `/v1/tasks/${body.id}/cancel`);
  await settle(api.database.tasks, body.id, null, {
    code: 'cancelled',
    message: 'The task was cancelled.',
    retryable: false,
    providerCode: null,
    providerMessage: null,
    param: null,
  });
  const again = await api.call('POST', `/v1/tasks/${body.id}/cancel`);

  expect([first.status, first.body.cancel_requested_at === null]).toEqual([200, false]);
  expect(api.cancelled.filter((id) => id === body.id)).toHaveLength(1);
  expect(again.status).toBe(200);
});

test('an estimate names price and candidates and stores nothing', async () => {
  const answer = await api.call('POST', '/v1/tasks/estimate', { body: imageTask });

  expect(answer.body).toEqual({
    object: 'task.estimate',
    type: 'image',
    model: 'image-test',
    fits: true,
    budget: null,
    duration_s: null,
    cost: { currency: 'USD', estimated: '0.04', reserved: '0.04' },
    routing: { requested: 'image-test', candidates: [{ provider: 'fake', model: 'up-image', estimated_usd: '0.04' }], skipped: [] },
  });
});

test('lists go page by page and filter', async () => {
  const made: string[] = [];
  for (const metadata of [{ k: '1' }, { k: '2' }, { k: '3' }]) made.push((await submit({ ...imageTask, metadata })).body.id);
  await settle(api.database.tasks, made[0]!, null);

  const first = await api.call('GET', '/v1/tasks?type=image&limit=2');
  const second = await api.call('GET', `/v1/tasks?type=image&limit=2&after=${first.body.last_id}`);
  const done = await api.call('GET', '/v1/tasks?status=succeeded&model=image-test&limit=100');
  const none = await api.call('GET', '/v1/tasks?created_after=2999-01-01T00:00:00Z');

  expect(first.body).toMatchObject({ object: 'list', first_id: made[2], last_id: made[1], has_more: true });
  expect(second.body.data[0].id).toBe(made[0]);
  expect(done.body.data.map((task: { id: string }) => task.id)).toContain(made[0]);
  expect(none.body).toEqual({ object: 'list', data: [], first_id: null, last_id: null, has_more: false });
});

test.each(['status=done', 'limit=0', 'limit=101', 'limit=x', 'type=sound', 'created_after=yesterday', 'made_up=1'])(
  'the query %s is refused',
  async (query) => {
    const answer = await api.call('GET', `/v1/tasks?${query}`);

    expect(answer.status).toBe(400);
    expect(answer.body.error.param).toBe(query.split('=')[0]);
  },
);
