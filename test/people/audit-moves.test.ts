import { createHash } from 'node:crypto';
import { ADMIN_KEY, useApi } from '../api/support/api';
import { cli } from '../cli/support/run-cli';
import { ensureBuilt } from '../support/build';

/** What the audit log says of the many rows that a move brings in. */

const api = useApi();
const asAdmin = (method: string, path: string, body?: unknown) =>
  api.call(method, `/admin/v1${path}`, { key: ADMIN_KEY, ...(body === undefined ? {} : { body }) });

interface Entry {
  readonly action: string;
  readonly object: string;
  readonly actor: string;
  readonly before: unknown;
  readonly after: Readonly<Record<string, unknown>>;
  readonly ip_hash: string | null;
  readonly request_id: string;
}

const PEOPLE = ['ada', 'bo', 'cy'];
let move: string;
let entries: readonly Entry[];

beforeAll(async () => {
  await ensureBuilt();
  move = String((await asAdmin('POST', '/imports', { source: 'audited-move', product: 'new-api', location: 'old.db' })).body.id);
  const rows = await asAdmin('POST', `/imports/${move}/rows`, {
    teams: [{ legacy_id: 'default', name: 'movers', price_factor: '1' }],
    members: PEOPLE.map((name, at) => ({
      legacy_id: String(at),
      name,
      email: `${name}@studio.example`,
      team: 'movers',
      balance_usd: '2.5',
      enabled: true,
    })),
    credentials: PEOPLE.map((name, at) => ({
      legacy_id: String(at),
      owner_id: String(at),
      team: 'movers',
      name: `${name}-key`,
      class: 'production',
      key_hash: createHash('sha256').update(name).digest('hex'),
      hint: 'sk-',
      limit_usd: at === 0 ? null : '1',
      expires_at: null,
      models: ['sandbox-text'],
      ip_allow: ['10.0.0.0/8'],
      enabled: at !== 2,
    })),
  });
  expect(rows.status).toBe(200);
  const requestId = rows.headers.get('x-request-id');
  const log = await asAdmin('GET', '/audit?limit=100&order=asc');
  entries = (log.body.data as readonly Entry[]).filter((entry) => entry.request_id === requestId);
}, 240_000);

test('each person, membership, key and budget of a group has an entry of its own', () => {
  const of = (action: string) => entries.filter((entry) => entry.action === action).map(({ object }) => object);

  expect(of('user.create')).toHaveLength(3);
  expect(of('member.add')).toEqual(of('user.create').map((object) => object.replace('user:', 'member:movers/')));
  expect(of('key.create')).toEqual(PEOPLE.map((name) => `key:movers/${name}-key`));
  expect(of('budget.set')).toEqual([
    ...of('user.create').map((object) => object.replace('user:', 'budget:member:movers/') + ':total'),
    'budget:credential:movers/bo-key:total',
    'budget:credential:movers/cy-key:total',
  ]);
  expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set(['admin_key']));
  const salted = new Set(entries.filter(({ action }) => action === 'key.create').map(({ ip_hash: ip }) => ip));
  expect([...salted]).toEqual([expect.stringMatching(/^sha256:/)]);
});

test('an entry shows what the same thing made alone shows', async () => {
  const shape = (entry: Entry | undefined) => Object.keys(entry?.after ?? {}).sort();
  const find = async (action: string, object: string): Promise<Entry | undefined> =>
    (await asAdmin('GET', `/audit?action=${action}&object=${encodeURIComponent(object)}`)).body.data[0] as Entry | undefined;
  await asAdmin('POST', '/keys', { team: 'movers', name: 'alone', class: 'production', limit_usd: '1', ip_allow: ['10.0.0.0/8'] });
  await asAdmin('PATCH', '/keys/movers/bo-key', { ip_allow: null });
  const [alone, changed] = [await find('key.create', 'key:movers/alone'), await find('key.change', 'key:movers/bo-key')];
  const brought = entries.find(({ object }) => object === 'key:movers/bo-key');
  const owner = entries.find(({ action }) => action === 'user.create')?.object.replace('user:', '');

  expect(shape(brought)).toEqual(shape(alone));
  expect(shape(brought)).not.toEqual(expect.arrayContaining(['key_hash']));
  expect(changed).toMatchObject({ before: { ip_allow: ['10.0.0.0/8'] }, after: { ip_allow: null } });
  expect(brought).toMatchObject({
    before: null,
    after: { class: 'production', models: ['sandbox-text'], ip_allow: ['10.0.0.0/8'], project: null, revoked_at: null, enabled: true },
  });
  expect(entries.find(({ object }) => object === 'key:movers/ada-key')?.after['owner']).toBe(owner);
  expect(entries.find(({ object }) => object === 'key:movers/cy-key')?.after['revoked_at']).not.toBeNull();
  expect(entries.find(({ object }) => object === 'budget:credential:movers/bo-key:total')?.after).toEqual({
    limit_usd: '1',
    warn_percent: [],
  });
  const person = entries.find(({ action }) => action === 'user.create');
  expect(person?.after).toMatchObject({ email: expect.stringMatching(/^sha256:/) as string, organisation_role: null, locale: 'en' });
  expect(JSON.stringify(entries)).not.toMatch(/studio\.example|password/);
});

test('the chain holds over all of them', async () => {
  const { code, stderr } = await cli(['audit', 'verify'], { env: { ATELIER_BASE_URL: `${api.origin}/v1`, ATELIER_KEY: ADMIN_KEY } });

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
