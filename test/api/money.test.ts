import { randomUUID } from 'node:crypto';
import { aSettlement } from '../db/support';
import { ADMIN_KEY, KEYS, useApi } from './support/api';

const api = useApi();
const DAY = /^\d{4}-\d\d-\d\dT00:00:00(\.000)?Z$/;
const TEAMS = `
  - name: bakery
    budget_usd: { total: "0.1" }
    projects: [{ name: spring, budget_usd: { daily: "0.03" } }]
    credentials: [{ name: oven, class: production, key: "\${KEY_OVEN}", project: spring }]
  - { name: cellar, budget_usd: "0", credentials: [] }
`;
const OVEN = 'sk-oven-0123456789abcdef';
const image = (key: string) =>
  api.call('POST', '/v1/tasks', { key, body: { type: 'image', model: 'image-test', input: { prompt: 'a loaf' } } });
const admin = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', `/admin/v1${path}`, { key: ADMIN_KEY, body, headers });
const budgets = async () =>
  ((await api.call('GET', '/v1/budgets', { key: OVEN })).body.data as readonly Record<string, string>[]).map(
    ({ budget, period, limit_usd: most, spent_usd: spent, held_usd: held, remaining_usd: left }) => [
      budget,
      period,
      most,
      spent,
      held,
      left,
    ],
  );

beforeAll(() => api.apply(TEAMS, { KEY_OVEN: OVEN }));

test('a refusal says which budget has no room, in the shape of every surface, and GET /v1/budgets what is left', async () => {
  const first = await image(OVEN);
  expect(first.status).toBe(202);
  expect(await budgets()).toEqual([
    ['project:spring', 'daily', '0.03', '0', '0.02', '0.01'],
    ['team:bakery', 'total', '0.1', '0', '0.02', '0.08'],
  ]);

  const refused = await image(OVEN);
  const details = {
    budget: 'project:spring',
    period: 'daily',
    limit_usd: '0.03',
    spent_usd: '0',
    held_usd: '0.02',
    resets_at: expect.stringMatching(DAY) as string,
  };
  expect([refused.status, refused.body.error.code]).toEqual([429, 'insufficient_quota']);
  expect(refused.body.error.details).toEqual(details);
  expect(refused.body.error.message).toMatch(/^The budget of project spring for this day has 0.01 USD left .*up to 0.02 USD/);
  expect((await api.call('GET', `/v1/tasks/${refused.headers.get('x-atelier-run-id')}`, { key: OVEN })).body.error.details).toEqual(
    details,
  );

  const messages = [{ role: 'user', content: 'a loaf' }];
  const anthropic = await api.call('POST', '/v1/messages', { key: KEYS.poor, body: { model: 'gpt-test', messages, max_tokens: 7_000 } });
  expect([anthropic.status, anthropic.body.type]).toEqual([429, 'error']);
  expect(anthropic.body.error.details).toMatchObject({ budget: 'credential:poor', period: 'total', limit_usd: '0.01', resets_at: null });
});

test('support gives back what a task cost, once for each reason and never more than it cost', async () => {
  const [open] = await api.database.query<{ id: string }>(`select id from tasks where team_name = 'bakery' and finished_at is null`);
  const id = open!.id;
  expect((await admin(`/tasks/${id}/refund`, { reason: 'early' })).body.error.code).toBe('task_not_finished');
  await api.database.tasks.settle([aSettlement(id, { actualMicroUsd: 20_000n, attempt: null })]);
  const half = { amount_usd: '0.005', reason: 'blurred' };
  for (const answer of [await admin(`/tasks/${id}/refund`, half), await admin(`/tasks/${id}/refund`, half)]) {
    expect(answer.body).toEqual({ object: 'refund', task_id: id, refunded_usd: '0.005', reason: 'blurred' });
  }
  expect((await budgets()).map(([, , , spent]) => spent)).toEqual(['0.015', '0.015']);
  expect((await admin(`/tasks/${id}/refund`, { amount_usd: '0.016', reason: 'more' })).body.error).toMatchObject({
    code: 'invalid_value',
    param: 'amount_usd',
  });
  expect((await admin(`/tasks/${id}/refund`, { reason: 'all of it' })).body.refunded_usd).toBe('0.015');
  expect((await admin('/tasks/task_none/refund', { reason: 'none' })).status).toBe(404);
  expect((await api.call('POST', `/admin/v1/tasks/${id}/refund`, { key: OVEN, body: half })).status).toBe(403);
});

test('grants and transfers are repeatable by their Idempotency-Key', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const grant = { amount_usd: '0.5', expires_at: '2999-01-01T00:00:00Z', note: 'prepaid' };
  const given = [await admin('/teams/bakery/grants', grant, headers), await admin('/teams/bakery/grants', grant, headers)];
  expect(given.map(({ status }) => status)).toEqual([201, 201]);
  expect(given[0]!.body).toEqual(given[1]!.body);
  const listed = await api.call('GET', '/admin/v1/teams/bakery/grants', { key: ADMIN_KEY });
  expect(listed.body.data).toMatchObject([{ team: 'bakery', amount_usd: '0.5', lapsed_at: null, note: 'prepaid' }]);

  const transfer = { to: 'cellar', amount_usd: '0.2' };
  for (let n = 0; n < 2; n += 1) expect((await admin('/teams/bakery/transfers', transfer, headers)).status).toBe(201);
  expect((await budgets())[1]).toEqual(['team:bakery', 'total', '0.4', '0', '0', '0.4']);
  expect((await admin('/teams/cellar/transfers', { to: 'bakery', amount_usd: '0.21' })).body.error).toMatchObject({
    code: 'invalid_value',
  });
  expect((await admin('/teams/rival/grants', grant)).body.error.code).toBe('conflict');
  expect((await admin('/teams/nobody/grants', grant)).status).toBe(404);
  expect((await admin('/teams/bakery/grants', { amount_usd: '1', expires_at: '2020-01-01T00:00:00Z' })).body.error.param).toBe(
    'expires_at',
  );
  expect(await api.database.ledger.verify()).toMatchObject({ ok: true, problems: [] });
});
