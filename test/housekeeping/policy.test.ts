import { createHash } from 'node:crypto';
import { ADMIN_KEY, KEYS, useApi } from '../api/support/api';
import { signIn } from '../people/support';
import { anImageTask, existing, succeed, useHouse } from './support/house';

const api = useApi();
const house = useHouse(
  () => api.database,
  () => api.bucket,
);

const admin = (method: string, path: string, body?: unknown) =>
  api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });
const setRules = async (...rules: object[]): Promise<void> => {
  const answer = await admin('PUT', '/retention', { rules });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
};
async function aResult(key: string = KEYS.site) {
  const caller = (await api.catalogueStore.findCaller(createHash('sha256').update(key).digest('hex')))!;
  const id = await anImageTask(api.database, caller, { model: 'image-test' });
  const asset = await succeed(house, caller, id);
  return { id, files: [asset.key, String(asset.thumbnailKey)], caller };
}
const isGone = async ({ id, files }: { readonly id: string; readonly files: readonly string[] }): Promise<boolean> => {
  const [row] = await api.database.query<{ gone: boolean }>('select contents_expired_at is not null as gone from tasks where id = $1', [
    id,
  ]);
  const left = await existing(house, files);
  expect(left.length).toBe(row!.gone ? 0 : files.length);
  return row!.gone;
};

test('the narrowest rule decides: a class of a team, a team, a class, all', async () => {
  const [site, poor, other] = [await aResult(), await aResult(KEYS.poor), await aResult(KEYS.other)];
  await setRules(
    { kind: 'contents', days: 3 },
    { kind: 'contents', team: 'studio', days: null },
    { kind: 'contents', team: 'studio', class: 'test', days: 10 },
  );

  await house.keepHouse(2.9);
  expect(await Promise.all([site, poor, other].map(isGone))).toEqual([false, false, false]);
  await house.keepHouse(3.1);
  expect(await Promise.all([site, poor, other].map(isGone))).toEqual([false, false, true]);
  await house.keepHouse(10.1);
  expect(await Promise.all([site, poor, other].map(isGone))).toEqual([false, true, true]);
  expect(house.broken).toEqual([]);

  const shown = (await admin('GET', '/retention')).body;
  expect(shown.rules).toContainEqual({ kind: 'contents', team: 'studio', class: 'test', days: 10, managed_by: 'api' });
  expect(shown.kinds).toContainEqual(expect.objectContaining({ kind: 'calls', default_days: 90, narrowest: 'class' }));
  await setRules();
});

test('what is on hold stays: a team, a task; once it is released it goes, and the report says what went', async () => {
  const [ofTeam, held, free] = [await aResult(KEYS.other), await aResult(), await aResult()];
  await setRules({ kind: 'contents', days: 1 });
  const team = await admin('POST', '/retention/holds', { team: 'rival', reason: 'a case at court' });
  const task = await admin('POST', '/retention/holds', { task: held.id, reason: 'a complaint' });
  expect([team.status, task.status]).toEqual([201, 201]);

  const preview = (await admin('GET', '/retention/preview')).body.data;
  expect(preview.filter(({ team: of }: { team: string }) => of === 'rival')).toEqual([]);
  await house.keepHouse(1.1);
  expect(await Promise.all([ofTeam, held, free].map(isGone))).toEqual([false, false, true]);
  // Readers see what is on hold, though its time is over.
  await api.database.query(`update tasks set finished_at = now() - interval '2 days' where id = $1`, [held.id]);
  expect((await api.call('GET', `/v1/tasks/${held.id}`)).body.input).not.toBeNull();

  for (const { body } of [team, task]) expect((await admin('DELETE', `/retention/holds/${String(body.id)}`)).status).toBe(200);
  expect((await admin('GET', '/retention/holds')).body.data).toEqual([]);
  expect((await admin('GET', '/retention/preview')).body.data).toContainEqual(
    expect.objectContaining({ kind: 'contents', team: 'studio', rows: 1 }),
  );
  await house.keepHouse(1.1);
  expect(await Promise.all([ofTeam, held].map(isGone))).toEqual([true, true]);
  const runs = (await admin('GET', '/retention/runs')).body.data;
  expect(runs[0]).toMatchObject({ object: 'retention_run', kind: 'contents', rows: 1, bytes: expect.any(Number) as number });
  expect(runs[0].bytes).toBeGreaterThan(0);
  expect((await admin('POST', '/retention/holds', { task: 'task_none', reason: 'x' })).status).toBe(404);
  expect((await admin('POST', '/retention/holds', { reason: 'x' })).status).toBe(400);
  await setRules();
});

test('callbacks, archived histories and calls go as their rules say, each with its files', async () => {
  const { id, caller } = await aResult();
  const stays = await aResult(KEYS.other);
  const key = `histories/${id}/run.json`;
  await house.objects.put(key, Buffer.from('{}'), 'application/json');
  await api.database.query(
    `insert into histories (task_id, workflow_id, workflow_type, run_id, key, complete) values ($1, $1, 'generateMedia', 'r', $2, true)`,
    [id, key],
  );
  const aCallback = (callback: string, team: number, status: string) =>
    api.database.query(
      `insert into callbacks (id, team_id, type, url, status) values ($1, $2, 'task.completed', 'https://a.example/', $3)`,
      [callback, team, status],
    );
  await aCallback('cb_done', caller.teamId, 'delivered');
  await aCallback('cb_open', caller.teamId, 'pending');
  await aCallback('cb_else', stays.caller.teamId, 'delivered');
  await api.database.calls.catchUp();
  const calls = async (team: string) => (await admin('GET', `/logs?team=${team}`)).body.data.length as number;
  const before = [await calls('studio'), await calls('rival')];
  expect(Math.min(...before)).toBeGreaterThan(0);
  const used = (await admin('GET', '/usage')).body.total;
  await setRules(
    { kind: 'callbacks', team: 'studio', days: 5 },
    { kind: 'histories', days: 5 },
    { kind: 'calls', team: 'studio', days: 5 },
  );

  await house.keepHouse(4.9);
  expect(await existing(house, [key])).toEqual([key]);
  await house.keepHouse(5.1);
  expect(await existing(house, [key])).toEqual([]);
  expect(await api.database.query(`select id from callbacks order by id`)).toEqual([{ id: 'cb_else' }, { id: 'cb_open' }]);
  expect(await api.database.query('select from histories')).toEqual([]);
  expect([await calls('studio'), await calls('rival')]).toEqual([0, before[1]]);
  expect((await admin('GET', '/usage')).body.total).toEqual(used);
  expect(house.broken).toEqual([]);
  await setRules();
});

test('resolved incidents go with what was told of them, but not those of a team on hold, nor what still holds', async () => {
  const { caller } = await aResult();
  const other = await aResult(KEYS.other);
  const anIncident = async (id: string, teamId: number | null, state: string, holds = false): Promise<void> => {
    await api.database.query(
      `insert into incidents (id, rule, key, severity, team_id, subject, evidence, state, holds, resolved_at)
       values ($1, 'latency', $1, 'warning', $2, '{}', '{}', $3, $4, case when $3 = 'resolved' then now() end)`,
      [id, teamId, state, holds],
    );
  };
  await anIncident('inc_studio', caller.teamId, 'resolved');
  await anIncident('inc_open', caller.teamId, 'open');
  await anIncident('inc_still', caller.teamId, 'resolved', true);
  await anIncident('inc_held', other.caller.teamId, 'resolved');
  await anIncident('inc_of_all', null, 'resolved');
  const alert = (await admin('POST', '/alerts', { name: 'told', rule: 'latency' })).body.id;
  for (const [id, incident] of Object.entries({ ntc_told: 'inc_studio', ntc_test: null })) {
    await api.database.query(
      `insert into notices (id, incident_id, alert_id, channel_id, kind, status, ended_at) values ($1, $2, $3, 'chan_1', 'opened', 'delivered', now())`,
      [id, incident, alert],
    );
  }
  const { id: hold } = (await admin('POST', '/retention/holds', { team: 'rival', reason: 'a case' })).body;
  const left = async () => (await api.database.query<{ id: string }>('select id from incidents order by id')).map(({ id }) => id);
  await setRules({ kind: 'incidents', days: 20 }, { kind: 'incidents', team: 'studio', days: 10 });

  await house.keepHouse(9.9);
  expect(await left()).toHaveLength(5);
  await house.keepHouse(10.1);
  expect(await left()).toEqual(['inc_held', 'inc_of_all', 'inc_open', 'inc_still']);
  expect(await api.database.query('select id from notices')).toEqual([{ id: 'ntc_test' }]);
  await house.keepHouse(20.1);
  expect(await left()).toEqual(['inc_held', 'inc_open', 'inc_still']);
  expect(await api.database.query('select id from notices')).toEqual([]);
  await admin('DELETE', `/retention/holds/${String(hold)}`);
  await house.keepHouse(20.1);
  expect(await left()).toEqual(['inc_open', 'inc_still']);
  const runs = (await admin('GET', '/retention/runs')).body.data;
  expect(runs).toContainEqual(expect.objectContaining({ kind: 'incidents', team: 'studio', rows: 1 }));
  expect(house.broken).toEqual([]);
  await setRules();
});

test('the audit log is let go from its beginning, says so itself, and is whole afterwards', async () => {
  await api.database.audit.setAnchor({ ...(await api.database.audit.head()), signedAt: new Date(), signature: '' });
  const first = async () => (await admin('GET', '/audit?order=asc&limit=1')).body.data[0].id as string;
  expect(await first()).toBe('audit_1');
  await setRules({ kind: 'audit', days: 30 });
  await house.keepHouse(29);
  expect(await first()).toBe('audit_1');
  await house.keepHouse(31);
  const [prune] = (await admin('GET', '/audit?action=audit.prune')).body.data as readonly {
    readonly after: { readonly through: number };
  }[];
  expect(await first()).toBe(`audit_${String(prune!.after.through + 1)}`);
  expect(await api.database.query('select from audit_log where seq <= $1', [prune!.after.through])).toEqual([]);
  expect((await admin('PUT', '/retention', { rules: [{ kind: 'audit', team: 'studio', days: 3 }] })).status).toBe(400);
  await setRules();
});

test('rules of the configuration file belong to it', async () => {
  await api.apply('\nretention: [{ kind: callbacks, team: studio, days: forever }]\n', {});
  const refused = await admin('PUT', '/retention', { rules: [{ kind: 'callbacks', team: 'studio', days: 3 }] });
  expect([refused.status, refused.body.error.code]).toEqual([409, 'managed_by_file']);
  expect((await admin('GET', '/retention')).body.rules).toEqual([
    { kind: 'callbacks', team: 'studio', class: null, days: null, managed_by: 'file' },
  ]);
  await api.apply('', {});
  expect((await admin('GET', '/retention')).body.rules).toEqual([]);
});

test('an erased person is named nowhere, and their generations, books and audit stay', async () => {
  const browser = await signIn(api, { teams: [{ name: 'studio', role: 'creator' }], name: 'Hedy Lamarr' });
  const chat = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hello' }] };
  expect((await browser.call('POST', '/v1/chat/completions', { body: chat })).status).toBe(200);
  await browser.call('PUT', '/v1/me/preferences', { body: { view: 'hedy' } });
  await api.database.calls.catchUp();
  const spent = (await admin('GET', '/ledger/verify')).body;

  const erased = await admin('POST', `/users/${browser.email}/erase`);
  expect([erased.status, erased.body]).toEqual([
    200,
    expect.objectContaining({ id: browser.id, name: 'Erased', status: 'disabled', erased_at: expect.any(String), teams: [] }),
  ]);
  await house.keepHouse(0);
  expect((await browser.call('GET', '/auth/me')).status).toBe(401);
  const named = await api.database.query<{ place: string }>(
    `select table_name as place from information_schema.tables t where table_schema = current_schema() and table_type = 'BASE TABLE'
       and (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I as r where r::text ~ %L', t.table_name, $1::text), false, true, '')))[1]::text <> '0'`,
    [`${browser.email}|Hedy Lamarr`],
  );
  expect(named).toEqual([]);
  const [task] = await api.database.query<{ name: string; ip: string | null }>(
    `select credential_name as name, request ->> 'ip' as ip from tasks where owner_id = (select id from users where public_id = $1)`,
    [browser.id],
  );
  expect(task).toEqual({ name: expect.stringMatching(new RegExp(`^erased ${browser.id} `)) as string, ip: null });
  const acts = (await admin('GET', `/audit?actor=user:${browser.id}`)).body.data;
  expect(acts.length).toBeGreaterThan(0);
  expect(acts.every(({ ip, ip_hash: hash }: { ip: string | null; ip_hash: string | null }) => ip === null && hash !== null)).toBe(true);
  expect((await admin('GET', '/audit?action=user.erase')).body.data[0]).toMatchObject({ actor: 'admin_key', object: `user:${browser.id}` });
  expect((await admin('GET', '/ledger/verify')).body).toMatchObject({ ok: true, accounts: spent.accounts });
  expect(house.broken).toEqual([]);
});
