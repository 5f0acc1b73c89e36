import { createHash, randomUUID } from 'node:crypto';
import { signIn } from '../people/support';
import { eventually } from '../support/eventually';
import { KEYS, useApi } from './support/api';
import { keysOf } from './support/keys';

const api = useApi();

const { admin, aKey } = keysOf(api);

const SECOND = 1_000;

describe('the keys of the administration', () => {
  test('a key keeps all that was set, changes what is given and shows itself once', async () => {
    const fields = {
      purpose: 'nightly renders',
      expires_at: '2099-01-31T00:00:00.000Z',
      ip_allow: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'],
      endpoints: ['images', 'tasks'],
      models: ['image-test'],
      model_tiers: ['economy', 'standard'],
      limits: { total_usd: '10', monthly_usd: '5', daily_usd: '1' },
      rate: { requests_per_minute: 60, tokens_per_minute: 10000, concurrent: 4 },
      max_cost_per_request_usd: '0.5',
      images_default: 'url',
      models_default: 'image',
    };
    const { key, name, path } = await aKey(fields);

    const shown = await admin('GET', path);
    expect(shown.body).toMatchObject({
      ...fields,
      id: `studio/${name}`,
      object: 'key',
      managed_by: 'api',
      state: 'active',
      class: 'test',
      limit_usd: '10',
      spent_usd: '0',
      last_used_at: null,
      former_keys: [],
    });
    expect(shown.text).not.toContain(key);
    expect(shown.headers.get('cache-control')).toBe('no-store');

    const changed = await admin('PATCH', path, {
      class: 'script',
      purpose: null,
      limit_usd: '3',
      rate: { concurrent: null },
      ip_allow: null,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        ...fields,
        class: 'script',
        purpose: null,
        limit_usd: '3',
        ip_allow: null,
        limits: { total_usd: '3', monthly_usd: '5', daily_usd: '1' },
        rate: { concurrent: null },
      },
    });
    expect(changed.body.rate).toEqual({ requests_per_minute: 60, tokens_per_minute: 10000, concurrent: null });
  });

  test("of a manager stay within the team's budget; an administrator's need not", async () => {
    const team = `within-${randomUUID().slice(0, 8)}`;
    await admin('POST', '/teams', { name: team, budget_usd: { monthly: '10' } });
    const manager = await signIn(api, { teams: [{ name: team, role: 'manager' }] });
    const aKeyOf = (limits: object) =>
      manager.call('POST', '/admin/v1/keys', { body: { team, name: randomUUID(), class: 'test', limits } });

    expect(await aKeyOf({ monthly_usd: '10.01' })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_value', param: 'limits.monthly_usd', message: expect.stringContaining('at most that') } },
    });
    const made = await aKeyOf({ monthly_usd: '10', total_usd: '500' });
    expect(made.status).toBe(201);
    const path = `/keys/${team}/${String(made.body.name)}`;
    const raised = { limits: { monthly_usd: '11' } };
    expect((await manager.call('PATCH', `/admin/v1${path}`, { body: raised })).status).toBe(400);
    expect((await admin('PATCH', path, raised)).status).toBe(200);
  });

  test.each([
    ['an amount that is a number', { limit_usd: 5 }, 'limit_usd'],
    ['two limits that differ', { limit_usd: '5', limits: { total_usd: '6' } }, 'limit_usd'],
    ['a network that is none', { ip_allow: ['10.0.0.0/33'] }, 'ip_allow[0]'],
    ['half an address', { ip_allow: ['10'] }, 'ip_allow[0]'],
    ['no networks at all', { ip_allow: [] }, 'ip_allow'],
    ['an unknown endpoint', { endpoints: ['chats'] }, 'endpoints[0]'],
    ['a time without a zone', { expires_at: '2099-01-31' }, 'expires_at'],
    ['no requests at all', { rate: { requests_per_minute: 0 } }, 'rate.requests_per_minute'],
    ['an unknown field', { budget: '5' }, 'budget'],
    ['an unknown project', { project: 'nowhere' }, 'project'],
    ['an unknown person', { owner: 'nobody@example.com' }, 'owner'],
    ['a name with a slash', { name: 'a/b' }, 'name'],
  ])('%s is refused, and nothing is made', async (_what, fields, param) => {
    const name = `bad-${randomUUID().slice(0, 8)}`;
    const refused = await admin('POST', '/keys', { team: 'studio', name, class: 'test', ...fields });

    expect(refused).toMatchObject({ status: 400, body: { error: { param } } });
    expect((await admin('GET', `/keys/studio/${name}`)).status).toBe(404);
  });

  test('a project and an owner are named as people know them', async () => {
    await api.database.query(`insert into projects (team_id, name) select id, 'spring' from teams where name = 'studio'`);
    await api.database.query(`insert into users (public_id, email, name) values ('user_ann', 'ann@example.com', 'Ann')`);
    const { path } = await aKey({ project: 'spring', owner: 'Ann@Example.com' });

    expect((await admin('GET', path)).body).toMatchObject({ project: 'spring', owner: 'ann@example.com' });
    const found = await admin('GET', '/keys?project=spring&owner=ann@example.com');
    expect(found.body.data.map(({ id }: { id: string }) => `/keys/${id}`)).toEqual([path]);
    expect((await admin('PATCH', path, { owner: 'user_ann', project: null })).body).toMatchObject({
      project: null,
      owner: 'ann@example.com',
    });
  });

  test('a list comes in pages and by state', async () => {
    const prefix = `page-${randomUUID().slice(0, 8)}`;
    for (const n of [1, 2, 3]) await admin('POST', '/keys', { team: 'rival', name: `${prefix}-${n}`, class: 'script' });
    await admin('DELETE', `/keys/rival/${prefix}-1`);
    await admin('PATCH', `/keys/rival/${prefix}-2`, { expires_at: '2020-01-01T00:00:00Z' });

    const names: string[] = [];
    let after = '';
    for (
      let page = await admin('GET', '/keys?team=rival&limit=1');
      ;
      page = await admin('GET', `/keys?team=rival&limit=1&after=${after}`)
    ) {
      names.push(...page.body.data.map(({ name }: { name: string }) => name));
      if (page.body.has_more === false) break;
      after = encodeURIComponent(page.body.last_id);
    }
    expect(names).toEqual(['other', `${prefix}-1`, `${prefix}-2`, `${prefix}-3`]);
    const inState = async (state: string) =>
      (await admin('GET', `/keys?team=rival&class=script&state=${state}`)).body.data.map(({ name }: { name: string }) => name);
    expect([await inState('revoked'), await inState('expired'), await inState('active')]).toEqual([
      [`${prefix}-1`],
      [`${prefix}-2`],
      [`${prefix}-3`],
    ]);
  });

  test('a key of the configuration file is changed there', async () => {
    for (const [method, path] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const) {
      const refused = await admin(method, `/keys/studio/site${path}`, method === 'DELETE' ? undefined : {});
      expect(refused).toMatchObject({ status: 409, body: { error: { code: 'managed_by_file' } } });
      expect(refused.body.error.message).toContain('/etc/atelier/atelier.yaml');
    }
    expect((await admin('GET', '/keys/studio/site')).body).toMatchObject({ managed_by: 'file', state: 'active' });
  });

  test('no key makes, changes or reads a key', async () => {
    const { path } = await aKey();
    for (const [method, at] of [
      ['GET', '/keys'],
      ['POST', '/keys'],
      ['GET', path],
      ['PATCH', path],
      ['POST', `${path}/rotate`],
      ['DELETE', path],
    ] as const) {
      const refused = await api.call(method, `/admin/v1${at}`, {
        key: KEYS.site,
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
      });
      expect([method, at, refused.status]).toEqual([method, at, 403]);
    }
  });

  test('the last use is kept, to the minute', async () => {
    const { key, path } = await aKey();
    await api.call('GET', '/v1/models', { key });

    const used = await eventually(
      async () => {
        const { last_used_at: at } = (await admin('GET', path)).body;
        if (at === null) throw new Error('not written yet');
        return new Date(at).getTime();
      },
      { withinMs: 5 * SECOND },
    );
    expect(Math.abs(Date.now() - used)).toBeLessThan(60 * SECOND);
  });
});

describe('rotation', () => {
  test('old and new key are valid meanwhile; the old one ends exactly, and without an overlap at once', async () => {
    const { key: first, path } = await aKey();
    const rotated = await admin('POST', `${path}/rotate`, { overlap_s: 1 });
    const second = rotated.body.key as string;
    const end = new Date(rotated.body.former_keys[0].valid_until).getTime();

    expect(rotated.status).toBe(200);
    expect(second).not.toBe(first);
    expect(first.startsWith(rotated.body.former_keys[0].hint)).toBe(true);
    expect((await api.call('GET', '/v1/models', { key: first })).status).toBe(200);
    expect((await api.call('GET', '/v1/models', { key: second })).status).toBe(200);

    const refused = await eventually(
      async () => {
        const answer = await api.call('GET', '/v1/models', { key: first });
        if (answer.status === 200) throw new Error('valid still');
        return answer;
      },
      { withinMs: 5 * SECOND, everyMs: 20 },
    );
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 'invalid_api_key' } } });
    expect(Date.now()).toBeGreaterThanOrEqual(end);
    expect(Date.now() - end).toBeLessThan(SECOND);
    expect((await api.call('GET', '/v1/models', { key: second })).status).toBe(200);

    const third = (await admin('POST', `${path}/rotate`, { overlap_s: 0 })).body;
    expect(third.former_keys).toEqual([]);
    expect((await api.call('GET', '/v1/models', { key: second })).status).toBe(401);
    expect((await api.call('GET', '/v1/models', { key: third.key })).status).toBe(200);
  });

  test('a second rotation keeps what the first one promised, unless it ends all sooner', async () => {
    const { key: first, path } = await aKey();
    const { key: second, former_keys: promised } = (await admin('POST', `${path}/rotate`, { overlap_s: 3600 })).body;
    const { key: third, former_keys: kept } = (await admin('POST', `${path}/rotate`, { overlap_s: 7200 })).body;

    expect(kept).toEqual([...promised, { hint: second.slice(0, 10), valid_until: expect.any(String) }]);
    for (const key of [first, second, third]) expect((await api.call('GET', '/v1/models', { key })).status).toBe(200);

    await admin('POST', `${path}/rotate`, { overlap_s: 0 });
    for (const key of [first, second, third]) expect((await api.call('GET', '/v1/models', { key })).status).toBe(401);
  });

  test('a revoked key ends with all before it and cannot be rotated', async () => {
    const { key: first, path } = await aKey();
    const { key: second } = (await admin('POST', `${path}/rotate`)).body;
    expect((await admin('DELETE', path)).body).toMatchObject({ state: 'revoked', former_keys: [] });

    for (const key of [first, second]) expect((await api.call('GET', '/v1/models', { key })).status).toBe(401);
    expect(await admin('POST', `${path}/rotate`)).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  });

  test('the database holds no key', async () => {
    const { key } = await aKey();
    const [row] = await api.database.query<{ key_hash: string }>(`select key_hash from credentials order by id desc limit 1`);

    expect(row?.key_hash).toBe(createHash('sha256').update(key).digest('hex'));
    const [found] = await api.database.query<{ found: boolean }>(
      `select exists (select from credentials c where c::text like '%' || $1 || '%') or exists (select from former_keys f where f::text like '%' || $1 || '%') as found`,
      [key.slice(12)],
    );
    expect(found?.found).toBe(false);
  });
});
