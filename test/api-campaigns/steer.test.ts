import { ADMIN_KEY, KEYS, useApi } from '../api/support/api';
import { eventually } from '../support/eventually';
import { campaignOf, itemsOf, post } from './support/campaigns';
import { endItem, startItems } from './support/work';

const api = useApi();

async function make(count: number, more: object = {}): Promise<string> {
  return (await post(api, campaignOf(count, more))).body.id;
}

const verb = (id: string, name: string, body?: object) =>
  api.call('POST', `/v1/campaigns/${id}/${name}`, body === undefined ? {} : { body });
const get = (id: string, headers: Readonly<Record<string, string>> = {}) => api.call('GET', `/v1/campaigns/${id}`, { headers });

test('pause and resume hold when they are repeated, and wake the workflow', async () => {
  const id = await make(2);
  const answers = [await verb(id, 'pause'), await verb(id, 'pause'), await verb(id, 'resume'), await verb(id, 'resume')];

  expect(answers.map(({ status, body }) => [status, body.status])).toEqual([
    [200, 'paused'],
    [200, 'paused'],
    [200, 'running'],
    [200, 'running'],
  ]);
  expect(api.woken.filter((woken) => woken === id).length).toBeGreaterThanOrEqual(3);
});

test('a verb in a wrong state is a conflict that must not be repeated blindly', async () => {
  const running = await make(1);
  const draft = await make(1, { start: false });
  const ended = await make(1);
  await verb(ended, 'cancel');
  const answers = [
    await verb(running, 'start'),
    await verb(draft, 'retry', { items: 'failed' }),
    await verb(ended, 'resume'),
    await verb(ended, 'pause'),
    await api.call('PATCH', `/v1/campaigns/${ended}`, { body: { concurrency: 2 } }),
  ];

  for (const answer of answers) {
    expect([answer.status, answer.body.error.code, answer.body.error.type, answer.headers.get('x-should-retry')]).toEqual([
      409,
      'campaign_state',
      'conflict_error',
      'false',
    ]);
  }
});

test('a cancelled campaign counts its items as cancelled, and a retry runs them again', async () => {
  const id = await make(3);
  const cancelled = await verb(id, 'cancel');
  const again = await verb(id, 'cancel');
  const retried = await verb(id, 'retry', { items: ['sku-2'] });

  expect([cancelled.body.status, cancelled.body.counts.cancelled, cancelled.body.progress]).toEqual(['cancelled', 3, 1]);
  expect(again.body).toEqual(cancelled.body);
  expect([retried.body.status, retried.body.counts, retried.body.finished_at]).toEqual([
    'running',
    { total: 3, queued: 1, running: 0, succeeded: 0, failed: 0, cancelled: 2 },
    null,
  ]);
});

test('a retry names the key that is unknown or did not fail', async () => {
  const id = await make(2);
  await startItems(api, id, 1);
  await endItem(api, id, 1, 'succeeded');
  const unknown = await verb(id, 'retry', { items: ['sku-1', 'nobody'] });
  const succeeded = await verb(id, 'retry', { items: ['sku-1'] });
  const shapes = [await verb(id, 'retry', {}), await verb(id, 'retry', { items: 'all' }), await verb(id, 'retry', { items: [] })];

  expect([unknown.status, succeeded.status]).toEqual([400, 400]);
  expect([unknown.body.error.message, succeeded.body.error.message].map((text) => /"(nobody|sku-1)"/.exec(text)?.[1])).toContain('sku-1');
  expect(shapes.map(({ status, body }) => [status, body.error.param])).toEqual([
    [400, 'items'],
    [400, 'items'],
    [400, 'items'],
  ]);
});

test('name, concurrency and budget change while it runs', async () => {
  const id = await make(2, { budget: { max_cost_usd: '1' } });
  const change = (body: object) => api.call('PATCH', `/v1/campaigns/${id}`, { body });
  const changed = await change({ name: 'summer', concurrency: 3, budget: { max_cost_usd: '2.5' } });
  const freed = await change({ budget: null });
  const wrong = [
    await change({}),
    await change({ concurrency: 0 }),
    await change({ model: 'x' }),
    await change({ budget: { max_cost_usd: 'x' } }),
  ];

  expect(changed.body).toMatchObject({ name: 'summer', concurrency: 3, budget: { max_cost_usd: '2.5' } });
  expect(freed.body).toMatchObject({ name: 'summer', budget: null });
  expect(wrong.map(({ status, body }) => [status, body.error.param])).toEqual([
    [400, expect.anything()],
    [400, 'concurrency'],
    [400, 'model'],
    [400, 'budget.max_cost_usd'],
  ]);
});

test('items carry the outcome of their latest task, and can be filtered and paged', async () => {
  const id = await make(5);
  await startItems(api, id, 3);
  await endItem(api, id, 1, 'succeeded');
  await endItem(api, id, 2, 'failed');

  const items = await itemsOf(api, id);
  expect(items.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'running', 'queued', 'queued']);
  expect(items[1].error).toEqual({
    code: 'provider_unavailable',
    message: 'It is down.',
    retryable: true,
    provider_code: null,
    provider_message: null,
  });
  expect((await get(id)).body).toMatchObject({
    counts: { total: 5, queued: 2, running: 1, succeeded: 1, failed: 1, cancelled: 0 },
    progress: 0.4,
    cost: { estimated: '0.1', reserved: '0.02', actual: '0.02' },
  });
  const page = await api.call('GET', `/v1/campaigns/${id}/items?limit=2&after=sku-2`);
  expect(page.body).toMatchObject({ object: 'list', first_id: 'sku-3', last_id: 'sku-4', has_more: true });
  const failed = await api.call('GET', `/v1/campaigns/${id}/items?status=failed`);
  expect(failed.body.data.map(({ key }: any) => key)).toEqual(['sku-2']);
  const tasks = await api.call('GET', `/v1/tasks?campaign_id=${id}`);
  expect(tasks.body.data.map((task: any) => task.campaign_id)).toEqual([id, id, id]);
  const wrong = ['limit=101', 'status=paused', 'after=nobody'].map((query) => api.call('GET', `/v1/campaigns/${id}/items?${query}`));
  expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual([400, 400, 400]);
});

test('lists go page by page, the newest first, by status', async () => {
  const made = [await make(1), await make(1, { start: false }), await make(1)];
  const first = await api.call('GET', '/v1/campaigns?limit=2');
  const second = await api.call('GET', `/v1/campaigns?limit=1&after=${first.body.last_id}`);
  const drafts = await api.call('GET', '/v1/campaigns?status=draft&limit=1');

  expect(first.body.data.map(({ id }: any) => id)).toEqual([made[2], made[1]]);
  expect([first.body.has_more, second.body.first_id]).toEqual([true, made[0]]);
  expect(drafts.body.data).toMatchObject([{ id: made[1], status: 'draft' }]);
});

test('a campaign of another team is not found by any path, the admin finds it', async () => {
  const id = await make(1);
  const paths = ['', '/items', '/events'].map((path) => ['GET', path] as const);
  const verbs = ['start', 'pause', 'resume', 'cancel'].map((name) => ['POST', `/${name}`] as const);
  for (const [method, path] of [...paths, ...verbs]) {
    const answer = await api.call(method, `/v1/campaigns/${id}${path}`, { key: KEYS.other });
    expect([path, answer.status, answer.body.error.code]).toEqual([path, 404, 'not_found']);
  }
  const others = [
    api.call('PATCH', `/v1/campaigns/${id}`, { key: KEYS.other, body: { name: 'x' } }),
    api.call('POST', `/v1/campaigns/${id}/retry`, { key: KEYS.other, body: { items: 'failed' } }),
    api.call('GET', `/v1/campaigns?after=${id}`, { key: KEYS.other }),
    api.call('GET', '/v1/campaigns/camp_0'),
  ];
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect((await api.call('GET', `/v1/campaigns/${id}`, { key: ADMIN_KEY })).body.id).toBe(id);
  expect((await api.call('GET', '/v1/campaigns', { key: KEYS.other })).body.data).toEqual([]);
});

test('an unchanged campaign is 304, a changed one is not', async () => {
  const id = await make(1);
  const etag = (await get(id)).headers.get('etag')!;
  const same = await get(id, { 'if-none-match': etag });
  await verb(id, 'pause');
  const changed = await get(id, { 'if-none-match': etag });

  expect([same.status, same.text]).toEqual([304, '']);
  expect([changed.status, changed.body.status]).toEqual([200, 'paused']);
});

test('Prefer: wait answers at the end, at a pause, and with 202 when neither comes in time', async () => {
  const prefer = { prefer: 'wait=30' };
  const paused = await make(1);
  const waiting = get(paused, prefer);
  await verb(paused, 'pause');
  const ended = await make(1);
  const waitingForEnd = get(ended, prefer);
  await verb(ended, 'cancel');
  const late = await get(await make(1), { prefer: 'wait=1' });

  expect([(await waiting).status, (await waiting).body.status]).toEqual([200, 'paused']);
  expect([(await waitingForEnd).status, (await waitingForEnd).body.status]).toEqual([200, 'cancelled']);
  expect([late.status, late.body.status, late.headers.get('preference-applied')]).toEqual([202, 'running', 'wait=1']);
});

test('a workflow that cannot be woken spoils no answer', async () => {
  const id = await make(1);
  const push = api.woken.push.bind(api.woken);
  api.woken.push = () => {
    throw new Error('Temporal is away');
  };
  const paused = await verb(id, 'pause').finally(() => (api.woken.push = push));

  expect([paused.status, paused.body.status]).toEqual([200, 'paused']);
  expect((await eventually(() => get(id), { withinMs: 1_000 })).body.status).toBe('paused');
});
