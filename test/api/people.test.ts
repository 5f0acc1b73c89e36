import { eventually } from '../support/eventually';
import { ADMIN_KEY, useApi } from './support/api';

const SOON = { withinMs: 5_000 };

const api = useApi();
const admin = (method: string, path: string, body?: unknown) =>
  api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });

async function invite(name: string, fields: object = {}) {
  const answer = await admin('POST', '/users', { email: `${name}@studio.example`, name, ...fields });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

describe('users', () => {
  test('an invitation makes a user and gives a link that is shown once', async () => {
    const made = await invite('Ann', { teams: [{ name: 'studio', role: 'manager' }] });
    expect(made).toMatchObject({
      object: 'user',
      id: expect.stringMatching(/^user_[0-9a-f]{32}$/),
      email: 'ann@studio.example',
      organisation_role: null,
      teams: [{ name: 'studio', role: 'manager' }],
      status: 'invited',
      invite_url: expect.stringMatching(/\/console\/accept\?token=[\w-]{43}$/),
    });
    const shown = await admin('GET', `/users/${made.id}`);
    expect(shown).toMatchObject({ status: 200, body: { id: made.id, teams: [{ name: 'studio', role: 'manager' }] } });
    expect(JSON.stringify(shown.body)).not.toContain('token');
    expect((await admin('GET', '/users/ANN@studio.example')).body.id).toBe(made.id);
  });

  test('lists go by pages and by team', async () => {
    const [first, second] = [await invite('Bo', { teams: [{ name: 'rival', role: 'viewer' }] }), await invite('Cy')];
    const ids = async (query: string) => (await admin('GET', `/users?${query}`)).body.data.map((user: { id: string }) => user.id);
    expect(await ids('team=rival')).toEqual([first.id]);
    expect(await ids(`after=${first.id}`)).toEqual([second.id]);
    expect((await admin('GET', '/users?limit=1')).body).toMatchObject({ has_more: true, first_id: expect.any(String) });
    expect(await admin('GET', '/users?team=nobody')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });

  test.each<[string, object, number, string, string]>([
    ['an e-mail in use', { email: 'ANN@studio.example', name: 'Ann again' }, 409, 'conflict', 'email'],
    ['no e-mail', { email: 'ann', name: 'Ann' }, 400, 'invalid_value', 'email'],
    ['an unknown team', { email: 'x@y.example', name: 'X', teams: [{ name: 'nobody', role: 'viewer' }] }, 404, 'not_found', 'teams'],
    [
      'an unknown role',
      { email: 'x@y.example', name: 'X', teams: [{ name: 'studio', role: 'boss' }] },
      400,
      'invalid_value',
      'teams[0].role',
    ],
    [
      'an unknown organisation role',
      { email: 'x@y.example', name: 'X', organisation_role: 'root' },
      400,
      'invalid_value',
      'organisation_role',
    ],
  ])('%s is refused, and nobody is made', async (_what, body, status, code, param) => {
    expect(await admin('POST', '/users', body)).toMatchObject({ status, body: { error: { code, param } } });
    expect(await admin('GET', '/users/x@y.example')).toMatchObject({ status: 404 });
  });

  test('the last admin of the organisation is neither demoted nor disabled', async () => {
    const { id } = await invite('Dee', { organisation_role: 'admin' });
    for (const [method, body] of [['PATCH', { organisation_role: null }], ['PATCH', { disabled: true }], ['DELETE']] as const) {
      expect(await admin(method, `/users/${id}`, body)).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    }
    await invite('Eve', { organisation_role: 'admin' });
    expect(await admin('PATCH', `/users/${id}`, { organisation_role: 'billing' })).toMatchObject({
      status: 200,
      body: { organisation_role: 'billing' },
    });
  });

  test('a new link ends the one before; a disabled user gets none', async () => {
    const { id } = await invite('Flo');
    const link = await admin('POST', `/users/${id}/reset`);
    expect(link).toMatchObject({ status: 200, body: { object: 'password_link', kind: 'invite', reset_url: expect.any(String) } });
    expect(await admin('DELETE', `/users/${id}`)).toMatchObject({ status: 200, body: { status: 'disabled' } });
    expect(await admin('POST', `/users/${id}/reset`)).toMatchObject({ status: 409 });
    expect(await admin('PATCH', `/users/${id}`, { disabled: false })).toMatchObject({ status: 200, body: { status: 'invited' } });
  });

  test("a disabled user's keys are refused at once, and accepted again when they are enabled", async () => {
    const { id } = await invite('Gus', { teams: [{ name: 'studio', role: 'creator' }] });
    const key = (await admin('POST', '/keys', { team: 'studio', name: 'gus', class: 'personal' })).body.key;
    await api.database.query(`update credentials set owner_id = (select id from users where public_id = $1) where name = 'gus'`, [id]);
    const models = async () => (await api.call('GET', '/v1/models', { key })).status;
    expect(await models()).toBe(200);
    await admin('DELETE', `/users/${id}`);
    await eventually(async () => (await models()) === 401, SOON);
    await admin('PATCH', `/users/${id}`, { disabled: false });
    await eventually(async () => (await models()) === 200, SOON);
    // Their own credential ends with their place in the team, and comes back with it.
    expect(await admin('DELETE', `/teams/studio/members/${id}`)).toMatchObject({ status: 200, body: { deleted: true } });
    await eventually(async () => (await models()) === 401, SOON);
    await admin('PUT', `/teams/studio/members/${id}`, { role: 'viewer' });
    await eventually(async () => (await models()) === 200, SOON);
  });
});

describe('members', () => {
  test('a person joins by e-mail or id, changes role and leaves', async () => {
    const { id, email } = await invite('Hal');
    expect(await admin('PUT', `/teams/rival/members/${email}`, { role: 'viewer' })).toMatchObject({
      status: 200,
      body: { id, role: 'viewer' },
    });
    expect(await admin('PUT', `/teams/rival/members/${id}`, { role: 'manager' })).toMatchObject({
      status: 200,
      body: { role: 'manager', email },
    });
    expect((await admin('GET', '/teams/rival/members')).body.data).toContainEqual(expect.objectContaining({ id, role: 'manager' }));
    expect(await admin('DELETE', `/teams/rival/members/${id}`)).toMatchObject({ status: 200 });
    expect(await admin('DELETE', `/teams/rival/members/${id}`)).toMatchObject({ status: 404 });
    expect(await admin('PUT', '/teams/nobody/members/x', { role: 'viewer' })).toMatchObject({ status: 404 });
    expect(await admin('PUT', `/teams/rival/members/user_0`, { role: 'viewer' })).toMatchObject({ status: 404 });
  });
});
