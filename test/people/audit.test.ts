import { createHash, randomBytes } from 'node:crypto';
import { ROUTES, type RouteName } from '../../domain/access/routes';
import { isAct } from '../../api/http/acts';
import { ADMIN_KEY, CONFIG, KEYS, useApi, VARIABLES } from '../api/support/api';
import { cli } from '../cli/support/run-cli';
import { aSettlement } from '../db/support';
import { ensureBuilt } from '../support/build';
import { eventually } from '../support/eventually';
import type { Answer } from '../support/call';
import { importRecipes, type Recipe } from './import-recipes';
import { aLink, aPerson, browserOf, login, PASSWORD, signIn, type Browser } from './support';

const api = useApi({ trustedProxies: ['loopback'] });
const HOUR = 3_600_000;
const UPSTREAM_KEY = 'sk-oven-0123456789abcdef';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actor_name: string | null;
  readonly via: string;
  readonly action: string;
  readonly object: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly request_id: string | null;
  readonly ip: string | null;
}

let admin: Browser & { readonly email: string; readonly id: string };
beforeAll(async () => {
  await ensureBuilt();
  admin = await signIn(api, { organisationRole: 'admin' });
}, 240_000);

const asked = (query: string): Promise<Answer> => api.call('GET', `/admin/v1/audit?${query}`, { key: ADMIN_KEY });
const entries = async (query: string): Promise<readonly Entry[]> => (await asked(query)).body.data as readonly Entry[];
const ofRequest = async (answer: Answer): Promise<readonly Entry[]> => {
  const requestId = answer.headers.get('x-request-id');
  return (await entries('limit=100')).filter((entry) => entry.request_id === requestId);
};
const asAdmin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });

async function aSettledTask(): Promise<string> {
  const made = await api.call('POST', '/v1/tasks', { body: { type: 'image', model: 'image-test', input: { prompt: 'a loaf' } } });
  const id = made.body.id as string;
  await api.database.tasks.settle([aSettlement(id, { actualMicroUsd: 20_000n })]);
  return id;
}

async function anIncident(): Promise<string> {
  const id = `inc_${randomBytes(16).toString('hex')}`;
  await api.database.query(
    `insert into incidents (id, rule, key, severity, subject, evidence) values ($1, 'latency', $1, 'warning', '{}', '{}')`,
    [id],
  );
  return id;
}

/** How each administrative route is asked so that it does something, and what the audit log then says. A new route adds its line. */
const RECIPES: Partial<Record<RouteName, Recipe>> = {
  'POST /auth/login': ['session.sign_in', async () => login(api, (await aPerson(api)).email)],
  'POST /auth/accept': [
    'invitation.accept',
    async () => {
      const { id } = (await asAdmin('POST', '/users', { email: 'accepts@studio.example', teams: [{ name: 'studio', role: 'viewer' }] }))
        .body;
      const user = await api.database.people.find(String(id));
      return api.call('POST', '/auth/accept', { key: null, body: { token: await aLink(api, user!.id), password: PASSWORD } });
    },
  ],
  'POST /auth/logout': ['session.sign_out', async () => (await signIn(api)).call('POST', '/auth/logout')],
  'PATCH /auth/me': ['user.change', async () => (await signIn(api)).call('PATCH', '/auth/me', { body: { name: 'Grace Hopper' } })],
  'DELETE /auth/sessions/:id': [
    'session.sign_out',
    async () => {
      const browser = await signIn(api);
      const other = browserOf(api, await login(api, browser.email));
      return browser.call('DELETE', `/auth/sessions/${String(other.answer.body.session.id)}`);
    },
  ],
  'POST /admin/v1/keys': ['key.create', () => asAdmin('POST', '/keys', { team: 'studio', name: 'made', class: 'test', limit_usd: '3' })],
  'PATCH /admin/v1/keys/:team/:name': ['key.change', () => asAdmin('PATCH', '/keys/studio/made', { purpose: 'bread' })],
  'POST /admin/v1/keys/:team/:name/rotate': ['key.rotate', () => asAdmin('POST', '/keys/studio/made/rotate', { overlap_s: 60 })],
  'DELETE /admin/v1/keys/:team/:name': ['key.revoke', () => asAdmin('DELETE', '/keys/studio/made')],
  'POST /admin/v1/config/apply': [
    'model.create',
    () => {
      const model = '  - { name: one-more, modality: text, price: free, routes: [{ provider: fake, model: up-text }] }\n';
      return asAdmin('POST', '/config/apply', { yaml: CONFIG.replace('teams:\n', `${model}teams:\n`), env: VARIABLES });
    },
  ],
  'POST /admin/v1/providers': [
    'provider.create',
    () => asAdmin('POST', '/providers', { name: 'oven', kind: 'openai', api_key: UPSTREAM_KEY }),
  ],
  'PATCH /admin/v1/providers/:name': ['provider.change', () => asAdmin('PATCH', '/providers/oven', { max_concurrency: 3 })],
  'POST /admin/v1/models': [
    'model.create',
    () => asAdmin('POST', '/models', { name: 'baker', modality: 'text', price: 'free', routes: [{ provider: 'oven', model: 'b' }] }),
  ],
  'PATCH /admin/v1/models/*name': ['model.change', () => asAdmin('PATCH', '/models/baker', { tier: 'economy' })],
  'DELETE /admin/v1/models/*name': ['model.disable', () => asAdmin('DELETE', '/models/baker')],
  'DELETE /admin/v1/providers/:name': ['provider.disable', () => asAdmin('DELETE', '/providers/oven')],
  'POST /admin/v1/users': ['user.create', () => asAdmin('POST', '/users', { email: 'new@studio.example', organisation_role: 'billing' })],
  'PATCH /admin/v1/users/:user': ['user.change', () => asAdmin('PATCH', '/users/new@studio.example', { organisation_role: null })],
  'POST /admin/v1/users/:user/reset': ['invitation.create', () => asAdmin('POST', '/users/new@studio.example/reset')],
  'DELETE /admin/v1/users/:user': ['user.disable', () => asAdmin('DELETE', '/users/new@studio.example')],
  'POST /admin/v1/users/:user/erase': ['user.erase', () => asAdmin('POST', '/users/new@studio.example/erase')],
  ...importRecipes(asAdmin),
  'POST /admin/v1/backups': ['backup.create', () => asAdmin('POST', '/backups', {})],
  'POST /admin/v1/backups/:id/verify': [
    'backup.verify',
    async () => {
      const id = `backup_${randomBytes(16).toString('hex')}`;
      await api.database.query(`insert into backups (id, held_until, state, place) values ('${id}', now(), 'succeeded', '/mnt/old')`);
      return asAdmin('POST', `/backups/${id}/verify`, {});
    },
  ],
  'PUT /admin/v1/retention': ['retention.set', () => asAdmin('PUT', '/retention', { rules: [{ kind: 'callbacks', days: 900 }] })],
  'POST /admin/v1/retention/holds': ['hold.create', () => asAdmin('POST', '/retention/holds', { team: 'rival', reason: 'a case' })],
  'DELETE /admin/v1/retention/holds/:id': [
    'hold.release',
    async () => {
      const { id } = (await asAdmin('POST', '/retention/holds', { team: 'studio', reason: 'another case' })).body;
      return asAdmin('DELETE', `/retention/holds/${String(id)}`);
    },
  ],
  'POST /admin/v1/alerts': [
    'alert.create',
    () => asAdmin('POST', '/alerts', { name: 'watched', rule: 'budget', channels: [{ type: 'slack', url: 'https://93.184.216.34/hook' }] }),
  ],
  'PATCH /admin/v1/alerts/:id': ['alert.disable', () => asAdmin('PATCH', '/alerts/watched', { enabled: false })],
  // What has no trigger: the entry names the path.
  'POST /admin/v1/alerts/:id/test': ['alert.manage', () => asAdmin('POST', '/alerts/watched/test')],
  'DELETE /admin/v1/alerts/:id': ['alert.delete', () => asAdmin('DELETE', '/alerts/watched')],
  'POST /admin/v1/incidents/:id/acknowledge': [
    'incident.acknowledge',
    async () => asAdmin('POST', `/incidents/${await anIncident()}/acknowledge`),
  ],
  'POST /admin/v1/incidents/:id/resolve': ['incident.resolve', async () => asAdmin('POST', `/incidents/${await anIncident()}/resolve`)],
  'POST /admin/v1/incidents/:id/note': [
    'incident.note',
    async () => asAdmin('POST', `/incidents/${await anIncident()}/note`, { text: 'We look at it.' }),
  ],
  'POST /admin/v1/keys/:team/:name/freeze': ['key.freeze', () => asAdmin('POST', '/keys/studio/site/freeze', { reason: 'It leaked.' })],
  'POST /admin/v1/keys/:team/:name/unfreeze': ['key.unfreeze', () => asAdmin('POST', '/keys/studio/site/unfreeze')],
  'PUT /admin/v1/status': ['status.set', () => asAdmin('PUT', '/status', { notice: { level: 'info', text: { en: 'Hello.' } } })],
  'PATCH /admin/v1/organisation': ['budget.set', () => asAdmin('PATCH', '/organisation', { budget_usd: { monthly: '9000' } })],
  'POST /admin/v1/teams': ['team.create', () => asAdmin('POST', '/teams', { name: 'kitchen', budget_usd: '100' })],
  'PATCH /admin/v1/teams/:team': ['team.change', () => asAdmin('PATCH', '/teams/kitchen', { retention_days: 30, budget_usd: '120' })],
  'POST /admin/v1/teams/:team/projects': ['project.create', () => asAdmin('POST', '/teams/kitchen/projects', { name: 'spring' })],
  'PATCH /admin/v1/teams/:team/projects/:project': [
    'project.archive',
    () => asAdmin('PATCH', '/teams/kitchen/projects/spring', { archived: true }),
  ],
  'DELETE /admin/v1/teams/:team/projects/:project': ['project.delete', () => asAdmin('DELETE', '/teams/kitchen/projects/spring')],
  'PUT /admin/v1/teams/:team/members/:user': [
    'member.add',
    () => asAdmin('PUT', `/teams/kitchen/members/${admin.email}`, { role: 'viewer' }),
  ],
  'DELETE /admin/v1/teams/:team/members/:user': ['member.remove', () => asAdmin('DELETE', `/teams/kitchen/members/${admin.email}`)],
  'POST /admin/v1/providers/:name/disable': ['provider.disable', () => asAdmin('POST', '/providers/fake/disable')],
  'POST /admin/v1/providers/:name/enable': ['provider.enable', () => asAdmin('POST', '/providers/fake/enable')],
  'POST /admin/v1/providers/:name/breakers/reset': ['provider.reset_breakers', () => asAdmin('POST', '/providers/fake/breakers/reset')],
  'POST /admin/v1/providers/:name/test': ['provider.test', () => asAdmin('POST', '/providers/fake/test', { model: 'gpt-test' })],
  'POST /admin/v1/tasks/:id/refund': [
    'task.refund',
    async () => asAdmin('POST', `/tasks/${await aSettledTask()}/refund`, { amount_usd: '0.01', reason: 'blurred' }),
  ],
  'POST /admin/v1/teams/:team/grants': [
    'grant.create',
    () => asAdmin('POST', '/teams/kitchen/grants', { amount_usd: '5', note: 'welcome' }),
  ],
  'POST /admin/v1/teams/:team/transfers': [
    'transfer.create',
    async () => {
      await asAdmin('POST', '/teams', { name: 'cellar', budget_usd: '0' });
      return asAdmin('POST', '/teams/kitchen/transfers', { to: 'cellar', amount_usd: '1' });
    },
  ],
};

test('every route of the administration and of sign-in that changes something leaves an entry, with nothing secret in it', async () => {
  const names = (Object.keys(ROUTES) as RouteName[]).filter((name) => isAct(name) && !name.startsWith('GET '));
  // A route that is missing here needs a line in RECIPES, and its table a trigger `audit` (migration 0028) or its statement `note_act`.
  expect(Object.keys(RECIPES).sort()).toEqual([...names].sort());
  const silent: string[] = [];
  const secrets: string[] = [...Object.values(KEYS), PASSWORD, UPSTREAM_KEY];
  for (const [name, [action, ask]] of Object.entries(RECIPES)) {
    const answer = await ask();
    if (typeof answer.body?.key === 'string') secrets.push(answer.body.key);
    // The entry of a request that left none by a trigger comes right after its answer.
    const told = await eventually(
      async () => {
        const found = await ofRequest(answer);
        if (found.length === 0) throw new Error('no entry');
        return found;
      },
      { withinMs: 1_000, everyMs: 20 },
    ).catch(() => []);
    const actor = name.includes('/auth/') ? /^user:user_[0-9a-f]{32}$/ : /^admin_key$/;
    const isTold = told.some((entry) => entry.action === action && actor.test(entry.actor) && entry.ip !== null);
    if (!isTold) silent.push(`${name}: ${answer.status} ${answer.text.slice(0, 200)} ${JSON.stringify(told)}`);
  }
  expect(silent).toEqual([]);
  const whole = (await asked('format=jsonl')).text;
  for (const secret of secrets) expect(whole).not.toContain(secret);
  expect(whole).not.toContain(createHash('sha256').update(KEYS.site).digest('hex'));
  // Names and e-mails stand beside the chain, not in it.
  const chained = whole.replaceAll(/"actor_name":"[^"]*"/g, '');
  expect(chained).not.toMatch(/@studio\.example|Ada Lovelace/);
}, 120_000);

test('an entry says what was different, who did it and from where, and a request that was refused leaves none', async () => {
  const path = '/admin/v1/teams/kitchen';
  const changed = await admin.call('PATCH', path, {
    body: { description: 'Bread', budget_usd: '130' },
    headers: { 'x-forwarded-for': '192.0.2.9' },
  });
  const told = await ofRequest(changed);
  expect(told.map(({ action, object, before, after }) => [action, object, before, after]).sort()).toEqual([
    ['budget.set', 'budget:team:kitchen:total', { limit_usd: '120' }, { limit_usd: '130' }],
    ['team.change', 'team:kitchen', { description: null }, { description: 'Bread' }],
  ]);
  for (const entry of told) {
    expect(entry).toMatchObject({ actor: `user:${admin.id}`, actor_name: admin.email, via: 'console', ip: '192.0.2.9' });
  }
  const refused = await admin.call('PATCH', path, { body: { description: 'Cake', budget_usd: '-1' } });
  expect([refused.status, await ofRequest(refused)]).toEqual([400, []]);
  const byCli = await cli(['teams', 'set', 'kitchen', '--description', 'Cake'], { env: ATELIER() });
  expect(byCli.code).toBe(0);
  expect((await entries('object=team:kitchen&limit=1'))[0]).toMatchObject({
    actor: 'admin_key',
    via: 'cli',
    after: { description: 'Cake' },
  });
});

const ATELIER = (): NodeJS.ProcessEnv => ({ ATELIER_BASE_URL: `${api.origin}/v1`, ATELIER_KEY: ADMIN_KEY });

test('applying a configuration tells of each thing that it changed, and of nothing that stays', async () => {
  const changed = CONFIG.replace('limit_usd: "0.01"', 'limit_usd: "0.02"').replace('http://127.0.0.1:1/v1', 'http://127.0.0.1:2/v1');
  const yaml = `${changed}
  - { name: annex, budget_usd: "7", credentials: [{ name: door, class: script, key: "\${KEY_DOOR}" }] }
`;
  const answer = await asAdmin('POST', '/config/apply', { yaml, env: { ...VARIABLES, KEY_DOOR: 'sk-door-0123456789abcdef' } });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  const told = await ofRequest(answer);
  expect(told.map(({ action, object }) => `${action} ${object}`).sort()).toEqual([
    'budget.set budget:credential:studio/poor:total',
    'budget.set budget:team:annex:total',
    'key.create key:annex/door',
    'model.disable model:one-more',
    'provider.change provider:fake',
    'team.create team:annex',
  ]);
  expect(JSON.stringify(told)).not.toContain('sk-door-0123456789');
  await api.apply('', {});
});

test('sign-ins are told of, and a lock-out once; what is tried with an unknown e-mail is not', async () => {
  const { email, id } = await aPerson(api);
  await login(api, email);
  for (let guess = 0; guess < 12; guess += 1) await login(api, email, 'wrong password 7');
  for (let guess = 0; guess < 12; guess += 1) await login(api, 'nobody@studio.example', 'wrong password 7');
  const ofPerson = await entries(`object=user:${id}&action=user.lock`);
  expect(ofPerson).toEqual([
    expect.objectContaining({ actor: 'anonymous', via: 'console', after: { locked_until: expect.any(String) as string } }),
  ]);
  expect(await entries(`object=session:${id}/*`)).toEqual([
    expect.objectContaining({ action: 'session.sign_in', actor: `user:${id}`, actor_name: email }),
    // Accepting the invitation signed them in too.
    expect.objectContaining({ action: 'session.sign_in', actor: `user:${id}` }),
  ]);
  expect((await entries('action=user.lock')).length).toBe(1);
});

test('it is listed by actor, action, object and time, page by page, and as CSV; only by an admin', async () => {
  const all = await entries('action=key&limit=100');
  expect(all.length).toBeGreaterThan(4);
  expect(new Set(all.map(({ action }) => action.split('.')[0]))).toEqual(new Set(['key']));
  const first = await asked('action=key&limit=2');
  expect(first.body).toMatchObject({ has_more: true, first_id: all[0]!.id });
  const second = await entries(`action=key&limit=2&after=${String(first.body.last_id)}`);
  expect([...(first.body.data as readonly Entry[]), ...second].map(({ id }) => id)).toEqual(all.slice(0, 4).map(({ id }) => id));
  const [newest] = all;
  expect(await entries(`from=${newest!.at}&action=key`)).toEqual([newest]);
  expect((await entries(`to=${newest!.at}&action=key&limit=1`))[0]!.id).toBe(all[1]!.id);
  expect((await entries(`actor=${admin.email}`)).every(({ actor }) => actor === `user:${admin.id}`)).toBe(true);
  expect(await entries(`from=${new Date(Date.now() + HOUR).toISOString()}`)).toEqual([]);
  const csv = await asked('action=key&format=csv');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.text.split('\r\n')[0]).toBe('id,at,actor,actor_name,via,action,object,before,after,ip,request_id,prev_hash,hash');
  expect(csv.text.split('\r\n').length).toBe(all.length + 2);
  const operator = await signIn(api, { organisationRole: 'operator' });
  expect((await operator.call('GET', '/admin/v1/audit')).status).toBe(403);
});
