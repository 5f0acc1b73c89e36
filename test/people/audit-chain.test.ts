import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_KEY, useApi } from '../api/support/api';
import { cli, useFolder } from '../cli/support/run-cli';
import { ensureBuilt } from '../support/build';

const api = useApi();
const folder = useFolder();
const ATELIER = (): NodeJS.ProcessEnv => ({ ATELIER_BASE_URL: `${api.origin}/v1`, ATELIER_KEY: ADMIN_KEY });
const entries = async (query: string): Promise<readonly { readonly id: string }[]> =>
  (await api.call('GET', `/admin/v1/audit?${query}`, { key: ADMIN_KEY })).body.data;

beforeAll(async () => {
  await ensureBuilt();
  for (const name of ['oven', 'cellar']) {
    const made = await api.call('POST', '/admin/v1/teams', { key: ADMIN_KEY, body: { name, description: 'Hot', budget_usd: '1' } });
    expect(made.status).toBe(201);
  }
}, 240_000);

const sql = (text: string) => api.database.query<{ readonly [name: string]: unknown }>(text);
/** As somebody who may do anything to the database would. */
const tamper = (text: string) =>
  api.database.transaction(async (own) => {
    await own.query(`set local session_replication_role = replica`);
    await own.query(text);
  });
const verify = async (...options: string[]) => {
  const { code, stdout, stderr } = await cli(['audit', 'verify', ...options], { env: ATELIER() });
  return { code, text: stdout + stderr };
};

test('nobody changes, deletes or empties it', async () => {
  for (const statement of [
    `update audit_log set actor = 'nobody' where seq = 1`,
    'delete from audit_log where seq = 1',
    'truncate audit_log',
  ]) {
    await expect(sql(statement)).rejects.toThrow('The audit log is append-only.');
  }
});

test('a change by hand is told of as one', async () => {
  await sql(`update teams set retention_days = 1 where name = 'cellar'`);
  const client = `update teams set retention_days = 2 where name = 'cellar'`;
  await api.database.transaction(async (own) => {
    await own.query(`set local application_name = 'psql'`);
    await own.query(client);
  });
  const [byHand, own] = await entries('object=team:cellar&limit=2');
  expect(byHand).toMatchObject({ actor: expect.stringMatching(/^database:/) as string, via: 'database', after: { retention_days: 2 } });
  expect(own).toMatchObject({ actor: 'system', via: 'system' });
});

describe('A verification', () => {
  it('proves the whole chain, of an installation and of an export', async () => {
    const head = (await sql('select seq, hash from audit_head'))[0]!;
    const found = await verify();
    expect(found).toEqual({ code: 0, text: expect.stringContaining(`audit_${String(head['seq'])}:${String(head['hash'])}`) as string });
    const file = join(folder.path, 'audit.jsonl');
    expect((await cli(['audit', 'export', file], { env: ATELIER() })).code).toBe(0);
    expect((await cli(['audit', 'verify', '--file', file])).code).toBe(0);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"description":"Hot"', '"description":"Cold"'));
    const changed = await cli(['audit', 'verify', '--file', file, '--json']);
    expect([changed.code, changed.json().fault.id]).toEqual([1, (await entries('object=team:oven&limit=1'))[0]!.id]);
  });

  it.each([
    ['an actor that was changed', `update audit_log set actor = 'nobody' where seq = 5`, 'audit_5: hash is not'],
    ['contents that were changed', `update audit_log set after = '{"role":"admin"}' where seq = 6`, 'audit_6: hash is not'],
    [
      'an address that was changed',
      `update audit_addresses set ip = '203.0.113.1' where seq = (select min(seq) from audit_addresses)`,
      ': ip is not',
    ],
    ['a chain that was written anew from an entry on', `update audit_log set hash = repeat('a', 64) where seq = 7`, 'audit_7: hash is not'],
    ['an entry that was taken out', 'delete from audit_log where seq = 8', 'audit_8: The entry is missing'],
    ['a beginning that was cut off', 'delete from audit_log where seq <= 3', 'audit_3: The entry is missing, with all before it'],
    [
      'an end that was cut off',
      'delete from audit_log where seq >= (select seq from audit_head) - 1',
      ': The entry is missing: the head of the log is at',
    ],
  ])('names %s', async (_what, statement, message) => {
    await sql('create table kept_log as table audit_log');
    await sql('create table kept_addresses as table audit_addresses');
    try {
      await tamper(statement);
      const found = await verify();
      expect(found).toEqual({ code: 1, text: expect.stringContaining(message) as string });
    } finally {
      for (const [name, kept] of [
        ['audit_log', 'kept_log'],
        ['audit_addresses', 'kept_addresses'],
      ] as const) {
        await tamper(`delete from ${name}`);
        await tamper(`insert into ${name} table ${kept}`);
        await sql(`drop table ${kept}`);
      }
    }
    expect((await verify()).code).toBe(0);
  });

  it('misses an end that was cut off with the head, by what was noted before', async () => {
    const before = (await verify()).text;
    const noted = /audit_\d+:[0-9a-f]{64}/.exec(before)![0];
    await tamper('delete from audit_log where seq >= (select seq from audit_head) - 1');
    await tamper('update audit_head h set (seq, hash) = (select seq, hash from audit_log order by seq desc limit 1)');
    expect((await verify()).code).toBe(0);
    expect(await verify('--expect', noted)).toEqual({ code: 1, text: expect.stringContaining('the head that was noted is at') as string });
  });
});
