import { createHash, randomBytes } from 'node:crypto';
import { parseUsd } from '../../domain/money/money';
import type { Settlement } from '../../domain/task/store';
import { aStoredCampaign, someItems, startNext } from '../campaign/support/build';
import { aSettlement, anAdmission, aTaskId } from '../db/support';
import { signIn } from '../people/support';
import { ADMIN_KEY, KEYS, useApi } from './support/api';

const api = useApi();
const INDIA = 'sk-india-0123456789abcdef';
const OVEN = 'sk-oven-0123456789abcdef';
const CHARGED = { attempt: null, usage: { ...aSettlement('').usage!, images: 1 } };

beforeAll(() =>
  api.apply(
    `
  - name: bakery
    time_zone: Asia/Shanghai
    projects: [{ name: spring }]
    credentials: [{ name: oven, class: production, key: "\${KEY_OVEN}", project: spring }, { name: shelf, class: test, key: "\${KEY_SHELF}" }]
  - { name: dosa, time_zone: Asia/Kolkata, credentials: [{ name: pan, class: production, key: "\${KEY_INDIA}" }] }
`,
    { KEY_INDIA: INDIA, KEY_OVEN: OVEN, KEY_SHELF: 'sk-shelf-0123456789abcdef' },
  ),
);

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const micro = (usd: string): bigint => parseUsd(usd);
const usage = async (query = '', key = OVEN) => {
  const answer = await api.call('GET', `/v1/usage${query}`, { key });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
};

/** Admits and ends images of a key through the API: each costs 0.02 USD. */
async function images(key: string, count: number, changes: Partial<Settlement> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const task = { type: 'image', model: 'image-test', input: { prompt: 'a loaf' } };
    const { body } = await api.call('POST', '/v1/tasks', { key, body: task });
    ids.push(String(body.id));
  }
  await api.database.tasks.settle(ids.map((id) => aSettlement(id, { actualMicroUsd: 20_000n, ...CHARGED, ...changes })));
  return ids;
}

test('a team sees what it used by any dimension, and a total that is the sum of its rows', async () => {
  await images(OVEN, 3, { providerMicroUsd: 12_500n });
  await images('sk-shelf-0123456789abcdef', 1);
  await images(KEYS.other, 1);

  const { total, ...whole } = await usage();
  expect(whole).toMatchObject({ object: 'list', time_zone: 'Asia/Shanghai', has_more: false, first_id: null });
  expect(total).toEqual({
    requests: 4,
    succeeded: 4,
    failed: 0,
    input_tokens: 48,
    output_tokens: 80,
    images: 4,
    video_seconds: 0,
    cost_usd: '0.08',
    provider_cost_usd: '0.0575',
  });
  expect(whole.data).toEqual([{ start: whole.from, ...total }]);

  const byModel = await usage('?group_by=model');
  expect(byModel.data).toMatchObject([{ model: 'image-test', requests: 4, cost_usd: '0.08' }]);
  const byKey = await usage('?group_by=class,credential,project,member,team&interval=day');
  expect(byKey.data).toMatchObject([
    { team: 'bakery', credential: 'oven', class: 'production', project: 'spring', member: null, requests: 3, cost_usd: '0.06' },
    { team: 'bakery', credential: 'shelf', class: 'test', project: null, member: null, requests: 1, cost_usd: '0.02' },
  ]);
  expect(byKey.data[0].start).toMatch(/T16:00:00.000Z$/);
  expect((await usage('?credential=oven&group_by=modality')).data).toMatchObject([{ modality: 'image', requests: 3 }]);
  expect((await usage('?model=nothing')).data).toEqual([]);
  expect((await usage('?project=nothing&group_by=model')).total).toMatchObject({ requests: 0, cost_usd: '0' });
});

test('days and months are those of the time zone, also when clocks change', async () => {
  const made = async (at: string): Promise<void> => {
    await api.database.query(
      `insert into usage_hours select $1, team_id, credential_id, class, project_id, member_id, model, provider, campaign_id, template, modality,
         1, 1, 0, 0, 0, 0, 0, 0, 0 from usage_hours where team_id = (select id from teams where name = 'studio') limit 1
       on conflict do nothing`,
      [at],
    );
  };
  await images(KEYS.site, 1);
  await usage('', KEYS.site);
  // In Berlin the last Sunday of October has 25 hours, the last one of March 23.
  for (const at of ['2026-10-24T21:00Z', '2026-10-24T22:00Z', '2026-10-25T22:00Z', '2026-10-25T23:00Z']) await made(at);
  for (const at of ['2026-03-28T22:00Z', '2026-03-28T23:00Z', '2026-03-29T21:00Z', '2026-03-29T22:00Z']) await made(at);
  const days = async (query: string) =>
    (await usage(`?time_zone=Europe/Berlin&${query}`, KEYS.site)).data.map(({ start, requests }: never) => [start, requests]);
  expect(await days('interval=day&from=2026-10-24&to=2026-10-27')).toEqual([
    ['2026-10-23T22:00:00.000Z', 1],
    ['2026-10-24T22:00:00.000Z', 2],
    ['2026-10-25T23:00:00.000Z', 1],
  ]);
  expect(await days('interval=day&from=2026-03-28&to=2026-03-31')).toEqual([
    ['2026-03-27T23:00:00.000Z', 1],
    ['2026-03-28T23:00:00.000Z', 2],
    ['2026-03-29T22:00:00.000Z', 1],
  ]);
  expect(await days('interval=month&from=2026-03-01&to=2026-11-01')).toEqual([
    ['2026-02-28T23:00:00.000Z', 4],
    ['2026-09-30T22:00:00.000Z', 4],
  ]);
  const exact = await usage('?from=2026-10-24T23:30:00%2B02:00&to=2026-10-25T22:30:00Z&interval=hour', KEYS.site);
  expect(exact).toMatchObject({
    from: '2026-10-24T21:00:00.000Z',
    to: '2026-10-25T23:00:00.000Z',
    time_zone: 'UTC',
    total: { requests: 3 },
  });
});

test('days begin on time in zones that are off by half an hour, and refunds find their hour after the zone has changed', async () => {
  const { database } = api;
  const at = (time: string): string => `${Date.parse(time).toString(16).padStart(12, '0')}${randomBytes(10).toString('hex')}`;
  const caller = (await api.catalogueStore.findCaller(hashOf(INDIA)))!;
  const group = ['2026-11-10T18:20Z', '2026-11-10T18:40Z', '2026-11-11T18:29Z'].map((time) =>
    anAdmission(caller, { task: { id: aTaskId(), request: { id: `req_${at(time)}` } } }),
  );
  await database.tasks.admit(group);
  await database.tasks.settle(group.map(({ task }) => aSettlement(task.id)));
  const days = async () =>
    (await usage('?interval=day&from=2026-11-01&to=2026-12-01', INDIA)).data.map(({ start, cost_usd: cost }: never) => [start, cost]);
  expect(await days()).toEqual([
    ['2026-11-09T18:30:00.000Z', '0.00004'],
    ['2026-11-10T18:30:00.000Z', '0.00008'],
  ]);
  await database.query(`update teams set time_zone = 'UTC' where name = 'dosa'`);
  const refund = await api.call('POST', `/admin/v1/tasks/${group[1]!.task.id}/refund`, { key: ADMIN_KEY, body: { reason: 'burnt' } });
  expect(refund.status).toBe(200);
  expect((await usage('?from=2026-11-01&to=2026-12-01', INDIA)).total).toMatchObject({ requests: 3, cost_usd: '0.00008' });
});

test('a CSV file has the margin of each row, and runs no formulas', async () => {
  const body = { model: '@cf/meta/llama-3.1-8b', messages: [{ role: 'user', content: 'Hi.' }] };
  expect((await api.call('POST', '/v1/chat/completions', { key: OVEN, body })).status).toBe(200);
  const answer = await api.call('GET', '/v1/usage?group_by=project,model&format=csv', { key: OVEN });
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename=usage-\d{4}-\d\d-01.csv$/);
  const [head, ...rows] = answer.text.trimEnd().split('\r\n');
  expect(head).toBe(
    'start,project,model,requests,succeeded,failed,input_tokens,output_tokens,images,video_seconds,cost_usd,provider_cost_usd,margin_usd',
  );
  expect(rows.map((row) => row.replace(/^[^,]*/, ''))).toEqual([
    ',spring,image-test,3,3,0,36,60,3,0,0.06,0.0375,0.0225',
    ',,image-test,1,1,0,12,20,1,0,0.02,0.02,0',
    `,spring,"'@cf/meta/llama-3.1-8b",1,1,0,0,0,0,0,0,0,0`,
  ]);
});

test('administration sees all teams, one team in its time zone, and a manager the own ones', async () => {
  const admin = (query: string, key = ADMIN_KEY) => api.call('GET', `/admin/v1/usage${query}`, { key });
  const all = (await admin('?group_by=team&from=2026-11-01')).body;
  expect(all.time_zone).toBe('UTC');
  expect(all.data.map(({ team }: { team: string }) => team).sort()).toEqual(['bakery', 'dosa', 'rival', 'studio']);
  expect((await admin('?team=bakery')).body).toMatchObject({ time_zone: 'Asia/Shanghai', total: { cost_usd: '0.08' } });
  expect((await admin('?credential=other&group_by=credential,team')).body.data).toMatchObject([
    { credential: 'other', team: 'rival', requests: 1 },
  ]);

  const manager = await signIn(api, { teams: [{ name: 'rival', role: 'manager' }] });
  expect((await manager.call('GET', '/admin/v1/usage?group_by=team')).body.data).toMatchObject([{ team: 'rival', requests: 1 }]);
  expect((await manager.call('GET', '/admin/v1/usage?team=bakery')).status).toBe(404);
  const creator = await signIn(api, { teams: [{ name: 'rival', role: 'creator' }] });
  expect((await creator.call('GET', '/v1/usage')).body.error.code).toBe('permission_denied');
  expect((await usage('?team=rival')).total.requests).toBe(0);
});

test.each([
  ['group_by=model,colour', 'group_by', /must be one or several of team, project/],
  ['interval=week', 'interval', /"hour"\|"day"\|"month"\|"none"/],
  ['from=2026-02-30', 'from', /must be a day such as 2026-11-01 or a time/],
  ['from=0001-01-01', 'from', /must be a day/],
  ['from=2026-11-02&to=2026-11-02', 'to', /must be before/],
  ['time_zone=Mars/Base', 'time_zone', /must be a time zone such as/],
  ['granularity=day', 'granularity', /Unknown parameter/],
])('%s is refused with what to do', async (query, param, message) => {
  const { status, body } = await api.call('GET', `/v1/usage?${query}`);
  expect([status, body.error.param]).toEqual([400, param]);
  expect(body.error.message).toMatch(message);
});

test('usage equals the ledger to the micro-dollar, whatever happened, also after the log is gone', async () => {
  const { database } = api;
  const sums = async () => {
    const [row] = await database.query<{ spent: bigint; accounts: bigint }>(
      `select (select sum(l.spent_delta)::bigint from ledger l where exists (select from accounts a where a.id = any(l.account_ids) and a.kind = 'team')) as spent,
              (select sum(spent)::bigint from accounts where kind = 'team' and period = '') as accounts`,
    );
    const { body } = await api.call('GET', '/admin/v1/usage?from=2026-01-01&group_by=team,model,provider,campaign&interval=hour', {
      key: ADMIN_KEY,
    });
    const rows = body.data
      .map(({ cost_usd: cost }: { cost_usd: string }) => micro(cost))
      .reduce((sum: bigint, cost: bigint) => sum + cost, 0n);
    return { ledger: row!.spent, accounts: row!.accounts, total: micro(body.total.cost_usd), rows };
  };
  const caller = (await api.catalogueStore.findCaller(hashOf(OVEN)))!;
  const odd = (n: number): Partial<Settlement> => ({ actualMicroUsd: BigInt(n * 13 + 1) });
  const group = Array.from({ length: 40 }, () => anAdmission(caller, { reserveMicroUsd: 1_000n, task: { id: aTaskId() } }));
  await database.tasks.admit(group);
  const unknown = (id: string): Partial<Settlement> => ({
    status: 'failed',
    actualMicroUsd: 0n,
    error: { code: 'outcome_unknown', message: 'x', retryable: false, providerCode: null, providerMessage: null, param: null },
    attempt: { taskId: id, n: 1, outcome: 'unknown', errorCode: 'outcome_unknown', upstreamId: null, costMicroUsd: 0n },
  });
  // Successes, charged cancellations, unknown outcomes; four are still running.
  await database.tasks.settle(
    group
      .slice(0, 36)
      .map(({ task }, n) =>
        aSettlement(task.id, n % 5 === 0 ? unknown(task.id) : { ...odd(n), status: n % 3 === 0 ? 'cancelled' : 'succeeded' }),
      ),
  );
  const campaign = await aStoredCampaign(database, caller, someItems(5));
  const { taskIds } = await startNext(database, caller, campaign);
  await database.tasks.settle(taskIds.map((id, n) => aSettlement(id, { ...odd(n), attempt: null })));
  for (const [id, amount] of [
    [group[1]!.task.id, '0.000003'],
    [group[2]!.task.id, null],
    [taskIds[1]!, null],
  ] as const) {
    const refund = { reason: 'blurred', ...(amount === null ? {} : { amount_usd: amount }) };
    expect((await api.call('POST', `/admin/v1/tasks/${id}/refund`, { key: ADMIN_KEY, body: refund })).status).toBe(200);
  }
  for (const refused of [
    { model: 'gpt-test', messages: [] },
    { model: 'nothing', messages: [{ role: 'user', content: 'Hi.' }] },
  ]) {
    expect((await api.call('POST', '/v1/chat/completions', { key: OVEN, body: refused })).status).toBeGreaterThanOrEqual(400);
  }

  const before = await sums();
  expect(before.ledger).toBeGreaterThan(0n);
  expect(before).toEqual({ ledger: before.ledger, accounts: before.ledger, total: before.ledger, rows: before.ledger });
  expect((await usage(`?campaign=${campaign}&group_by=campaign,model`)).data).toMatchObject([
    { campaign, model: 'sandbox-text', requests: 5 },
  ]);

  const [ahead] = await database.query<{ at: Date }>(`select now() + interval '3 days' as at`);
  await database.query('select ensure_partitions($1, $2)', ['calls', ahead!.at]);
  await database.calls.dropBefore(ahead!.at);
  await api.call('POST', `/admin/v1/tasks/${group[4]!.task.id}/refund`, { key: ADMIN_KEY, body: { reason: 'late' } });
  const after = await sums();
  expect(after.ledger).toBeLessThan(before.ledger);
  expect(after).toEqual({ ledger: after.ledger, accounts: after.ledger, total: after.ledger, rows: after.ledger });
});
