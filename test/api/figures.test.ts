import { aSettlement } from '../db/support';
import { ADMIN_KEY, KEYS, useApi } from './support/api';

const api = useApi();
const DOOR = 'sk-door-0123456789abcdef';
const [BAKER, TASTER] = ['sk-baker-0123456789abcdef', 'sk-taster-0123456789abcdef'];
const DAY_MS = 86_400_000;

beforeAll(async () => {
  const teams = [
    '  - { name: kitchen, time_zone: Asia/Kolkata, budget_usd: { monthly: "5" }, credentials: [{ name: door, class: test, key: "${KEY_DOOR}" }] }',
    '  - name: bakery',
    '    budget_usd: { total: "1" }',
    '    class_budgets_usd: { production: "1" }',
    '    credentials:',
    '      - { name: baker, class: production, key: "${KEY_BAKER}", limit_usd: "1" }',
    '      - { name: taster, class: test, key: "${KEY_TASTER}" }',
  ];
  await api.apply(`${teams.join('\n')}\n`, { KEY_DOOR: DOOR, KEY_BAKER: BAKER, KEY_TASTER: TASTER });
});

async function aSettledImage(key: string): Promise<string> {
  const made = await api.call('POST', '/v1/tasks', { key, body: { type: 'image', model: 'image-test', input: { prompt: 'a loaf' } } });
  const id = made.body.id as string;
  // A workflow says so when it begins.
  await api.database.query(`update tasks set started_at = now() - interval '3 seconds' where id = $1`, [id]);
  await api.database.tasks.settle([aSettlement(id, { actualMicroUsd: 20_000n })]);
  return id;
}

test('an estimate says whether it fits, which budget is the tightest and how long tasks of the model take', async () => {
  await aSettledImage(DOOR);
  const estimate = (key: string, n: number) =>
    api.call('POST', '/v1/tasks/estimate', { key, body: { type: 'image', model: 'image-test', input: { prompt: 'p' }, output: { n } } });

  const poor = await estimate(KEYS.poor, 1);
  expect(poor.body).toMatchObject({ fits: false, budget: { name: 'credential:poor', remaining_usd: '0.01', resets_at: null } });
  const free = await estimate(KEYS.site, 1);
  expect(free.body).toMatchObject({ fits: true, budget: null });
  expect(free.body.duration_s).toBeGreaterThanOrEqual(3);
  const door = await estimate(DOOR, 4);
  expect(door.body).toMatchObject({ fits: true, budget: { name: 'team:kitchen', remaining_usd: '4.98' } });
  expect(new Date(door.body.budget.resets_at).getTime()).toBeGreaterThan(Date.now());
});

test('a budget has an id by which it tells how it was spent and when it will be', async () => {
  await aSettledImage(DOOR);
  const { data } = (await api.call('GET', '/v1/budgets', { key: DOOR })).body;
  expect(data.map(({ id }: { readonly id: string }) => id)).toEqual(['team:kitchen:monthly']);
  expect(Number(data[0].forecast.period_end_usd)).toBeGreaterThanOrEqual(Number(data[0].spent_usd));
  expect(data[0].forecast).toHaveProperty('exhausted_at');

  const series = await api.call('GET', '/v1/budgets/team:kitchen:monthly/series?interval=hour', { key: DOOR });
  expect(series.status).toBe(200);
  expect(series.body).toMatchObject({
    object: 'budget.series',
    interval: 'hour',
    time_zone: 'Asia/Kolkata',
    budget: { spent_usd: data[0].spent_usd },
  });
  expect(series.body.data.at(-1).spent_usd).toBe(data[0].spent_usd);
  expect(Number(series.body.forecast.period_end_usd)).toBeCloseTo(Number(data[0].forecast.period_end_usd), 1);

  for (const id of ['team:studio:monthly', 'credential:door:total']) {
    expect((await api.call('GET', `/v1/budgets/${id}/series`, { key: DOOR })).status).toBe(404);
  }
});

test('each of the budgets that bind a key is forecast by what was spent of it alone', async () => {
  for (const key of [BAKER, BAKER, TASTER]) await aSettledImage(key);
  const { data } = (await api.call('GET', '/v1/budgets', { key: BAKER })).body;
  // Two images of the key and of its class, three of the team, at the rate of the last week.
  const days = data.map(({ id, forecast }: { readonly id: string; readonly forecast: { readonly exhausted_at: string } }) => [
    id,
    Math.round((new Date(forecast.exhausted_at).getTime() - Date.now()) / DAY_MS),
  ]);
  expect(Object.fromEntries(days)).toEqual({
    'credential:baker:total': Math.round((7 * 0.96) / 0.04),
    'class:production:total': Math.round((7 * 0.96) / 0.04),
    'team:bakery:total': Math.round((7 * 0.94) / 0.06),
  });
});

test('a model tells people what it is, how long it takes and nothing that is null', async () => {
  await aSettledImage(DOOR);
  const texts = { label: 'House loaf', description: 'Bread in the light of the morning', preview_url: 'https://cdn.example/loaf.jpg' };
  await api.call('POST', '/admin/v1/models', {
    key: ADMIN_KEY,
    body: { name: 'loaf', modality: 'text', price: 'free', routes: [{ provider: 'fake', model: 'up' }], ...texts },
  });
  const models = (await api.call('GET', '/v1/models')).body.data as readonly Readonly<Record<string, unknown>>[];
  expect(models.find(({ id }) => id === 'loaf')).toMatchObject({ ...texts, display_name: 'House loaf', name: 'loaf' });
  expect(models.find(({ id }) => id === 'image-test')).toMatchObject({ typical_s: { p50: expect.any(Number), p90: expect.any(Number) } });
  for (const model of models) expect(Object.values(model)).not.toContain(null);
});
