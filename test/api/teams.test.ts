import { ADMIN_KEY, KEYS, useApi } from './support/api';
import { eventually } from '../support/eventually';

const api = useApi();
const admin = (method: string, path: string, body?: unknown) =>
  api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });

describe('teams', () => {
  test('a team is created with budgets, changed by period, and listed by name', async () => {
    const made = await admin('POST', '/teams', {
      name: 'alpha',
      description: 'Videos',
      budget_usd: { total: '100', monthly: '20.5' },
      class_budgets_usd: { test: '5' },
      model_tiers: { test: ['economy'] },
      retention_days: 30,
      time_zone: 'Europe/Berlin',
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        object: 'team',
        name: 'alpha',
        description: 'Videos',
        managed_by: 'api',
        budget_usd: { total: '100', monthly: '20.5', daily: null },
        class_budgets_usd: { test: { total: '5', monthly: null, daily: null } },
        model_tiers: { test: ['economy'] },
        retention_days: 30,
        time_zone: 'Europe/Berlin',
        members: 0,
        spent_usd: '0',
      },
    });
    const changed = await admin('PATCH', '/teams/alpha', {
      budget_usd: { monthly: null, daily: '1' },
      class_budgets_usd: { test: null, script: { daily: '2' } },
      retention_days: null,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        budget_usd: { total: '100', monthly: null, daily: '1' },
        class_budgets_usd: { script: { total: null, monthly: null, daily: '2' } },
        retention_days: null,
        description: 'Videos',
      },
    });
    expect((await admin('GET', '/teams/alpha')).body).toEqual(changed.body);
    const page = (await admin('GET', '/teams?limit=1')).body;
    expect(page).toMatchObject({ object: 'list', first_id: 'alpha', has_more: true });
    expect((await admin('GET', `/teams?after=${page.last_id}`)).body.data.map((team: { name: string }) => team.name)).toEqual([
      'rival',
      'studio',
    ]);
  });

  test('a budget that was set refuses what goes beyond it, and says which it is', async () => {
    await admin('POST', '/teams', { name: 'tight', budget_usd: { daily: '0' } });
    const { key } = (await admin('POST', '/keys', { team: 'tight', name: 'k', class: 'test' })).body;
    const body = { model: 'gpt-test', messages: [{ role: 'user', content: 'hi' }] };
    expect(await api.call('POST', '/v1/chat/completions', { key, body })).toMatchObject({
      status: 429,
      body: { error: { code: 'insufficient_quota', details: { budget: 'team:tight', period: 'daily', limit_usd: '0' } } },
    });
  });

  test.each<[string, string, string, object, number, string]>([
    ['a name in use', 'POST', '/teams', { name: 'studio' }, 409, 'conflict'],
    ['a name that is no name', 'POST', '/teams', { name: '../x' }, 400, 'invalid_value'],
    ['an amount that is no text', 'POST', '/teams', { name: 'x', budget_usd: { total: 5 } }, 400, 'invalid_value'],
    ['an unknown time zone', 'POST', '/teams', { name: 'x', time_zone: 'Mars/Base' }, 400, 'invalid_value'],
    ['an unknown class', 'POST', '/teams', { name: 'x', class_budgets_usd: { fun: '1' } }, 400, 'unknown_parameter'],
    ['a team of the file', 'PATCH', '/teams/studio', { budget_usd: '5' }, 409, 'managed_by_file'],
    ['an unknown team', 'PATCH', '/teams/nobody', { budget_usd: '5' }, 404, 'not_found'],
  ])('%s is refused', async (_what, method, path, body, status, code) => {
    const answer = await admin(method, path, body);
    expect({ status: answer.status, code: answer.body.error?.code }).toEqual({ status, code });
    expect(await admin('GET', '/teams/x')).toMatchObject({ status: 404 });
    if (code === 'managed_by_file') expect(answer.body.error.message).toContain('/etc/atelier/atelier.yaml');
  });

  test('a change that cannot be made whole changes nothing', async () => {
    await admin('POST', '/teams', { name: 'whole', description: 'before', budget_usd: '10' });
    await admin('POST', '/teams/whole/grants', { amount_usd: '1' });
    const before = (await admin('GET', '/teams/whole')).body;
    const refused = await admin('PATCH', '/teams/whole', {
      description: 'after',
      class_budgets_usd: { test: '5' },
      budget_usd: { daily: '2', total: null },
      time_zone: 'Europe/Berlin',
    });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    expect((await admin('GET', '/teams/whole')).body).toEqual(before);
  });

  test("the organisation's budget is set and taken away", async () => {
    const none = { object: 'organisation', budget_usd: { total: null, monthly: null, daily: null } };
    expect((await admin('GET', '/organisation')).body).toEqual(none);
    expect(await admin('PATCH', '/organisation', { budget_usd: { monthly: '900' } })).toMatchObject({
      status: 200,
      body: { budget_usd: { monthly: '900' } },
    });
    expect((await admin('PATCH', '/organisation', { budget_usd: null })).body).toEqual(none);
  });
});

describe('projects', () => {
  test('a project is made in a team of the file too, given a budget, renamed, archived and removed', async () => {
    expect(await admin('POST', '/teams/studio/projects', { name: 'spring', budget_usd: '10' })).toMatchObject({
      status: 201,
      body: { object: 'project', name: 'spring', team: 'studio', archived: false, managed_by: 'api', budget_usd: { total: '10' } },
    });
    expect(await admin('POST', '/teams/studio/projects', { name: 'spring' })).toMatchObject({ status: 409 });
    const changed = await admin('PATCH', '/teams/studio/projects/spring', { name: 'summer', budget_usd: { daily: '1' }, archived: true });
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'summer', archived: true, archived_at: expect.any(String), budget_usd: { total: '10', daily: '1' } },
    });
    expect((await admin('GET', '/teams/studio/projects')).body).toMatchObject({ data: [changed.body], has_more: false });
    expect((await admin('PATCH', '/teams/studio/projects/summer', { archived: false })).body.archived_at).toBeNull();
    expect(await admin('DELETE', '/teams/studio/projects/summer')).toMatchObject({ status: 200, body: { deleted: true } });
    expect(await admin('DELETE', '/teams/studio/projects/summer')).toMatchObject({ status: 404 });
    expect(await admin('GET', '/teams/nobody/projects')).toMatchObject({ status: 404 });
  });

  test('a project that credentials belong to is archived, not removed; one of the file is changed there', async () => {
    await admin('POST', '/teams/studio/projects', { name: 'used' });
    await api.database.query(`update credentials set project_id = (select id from projects where name = 'used') where name = 'site'`);
    expect(await admin('DELETE', '/teams/studio/projects/used')).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    await api.database.query(`update projects set source = 'config' where name = 'used'`);
    for (const method of ['PATCH', 'DELETE']) {
      expect(await admin(method, '/teams/studio/projects/used', { archived: true })).toMatchObject({
        status: 409,
        body: { error: { code: 'managed_by_file' } },
      });
    }
  });

  test('a change of tiers reaches keys that are known already', async () => {
    await admin('POST', '/teams', { name: 'tiers' });
    const { key } = (await admin('POST', '/keys', { team: 'tiers', name: 'k', class: 'test' })).body;
    const names = async () => (await api.call('GET', '/v1/models', { key })).body.data.map((model: { id: string }) => model.id);
    expect(await names()).toContain('gpt-test');
    await admin('PATCH', '/teams/tiers', { model_tiers: { test: ['nothing'] } });
    await eventually(async () => (await names()).length === 0, { withinMs: 5_000 });
    expect((await api.call('GET', '/v1/models', { key: KEYS.site })).body.data).not.toEqual([]);
  });
});
