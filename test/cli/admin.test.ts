import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase } from '../../adapters/db';
import { eventually } from '../support/eventually';
import { cli, useFolder } from './support/run-cli';
import { useInstallation } from './support/installation';

const installation = useInstallation();
const folder = useFolder();

const operate = (...args: string[]) => cli(args, { env: installation.operator });
const member = (...args: string[]) => cli(args, { env: installation.member });

test('a key is made, used, listed with its spending and revoked', async () => {
  const made = await operate(
    'keys',
    'create',
    'trial',
    '--team',
    'sample',
    '--class',
    'test',
    '--limit',
    '1.5',
    '--models',
    'image',
    '--json',
  );
  expect(made.json()).toMatchObject({ object: 'key', team: 'sample', name: 'trial', class: 'test', limit_usd: '1.5', models: ['image'] });
  const env = { ATELIER_BASE_URL: installation.atelier.baseUrl, ATELIER_KEY: made.json().key };

  await cli(['tasks', 'submit', '--model', 'image', '--prompt', 'A red fox.', '--wait'], { env });
  const models = (await cli(['models', 'list', '--json'], { env })).json();
  expect(models.data.map((model: any) => model.id)).toEqual(['image']);
  const listed = (await operate('keys', 'list', '--team', 'sample', '--json')).json().data.find((key: any) => key.name === 'trial');
  expect(listed).toMatchObject({ spent_usd: '0.02', held_usd: '0' });
  expect(listed.key).toBeUndefined();

  expect((await operate('keys', 'revoke', 'trial', '--team', 'sample')).code).toBe(0);
  const refused = await cli(['models', 'list', '--json'], { env });
  expect(refused.code).toBe(1);
  expect(refused.json().error).toMatchObject({ code: 'invalid_api_key', status: 401 });
  expect(refused.stderr).toContain('revoked');
});

test('for people only the key itself is on stdout', async () => {
  const { stdout, stderr } = await operate('keys', 'create', 'piped', '--team', 'sample');

  expect(stdout).toMatch(/^sk-\S+\n$/);
  expect(stderr).toContain('not be shown again');
});

test('a key is changed, shown and rotated', async () => {
  const made = await operate('keys', 'create', 'turning', '--team', 'sample', '--endpoints', 'models,chat', '--json');
  expect(made.code).toBe(1);
  expect(made.json().error).toMatchObject({ status: 400, param: 'endpoints[0]' });

  const { key } = (await operate('keys', 'create', 'turning', '--team', 'sample', '--endpoints', 'chat', '--rpm', '60', '--json')).json();
  const set = await operate('keys', 'set', 'turning', '--team', 'sample', '--endpoints', 'none', '--max-cost', '0.5', '--json');
  expect(set.json()).toMatchObject({ endpoints: null, max_cost_per_request_usd: '0.5', rate: { requests_per_minute: 60 } });
  const shown = await operate('keys', 'show', 'turning', '--team', 'sample');
  expect(shown.stdout).toMatch(/^one request +0\.5 USD at most$/m);
  expect(shown.stdout).toMatch(/^rate +60 requests a minute$/m);

  const rotated = await operate('keys', 'rotate', 'turning', '--team', 'sample');
  expect(rotated.stdout).toMatch(/^sk-\S+\n$/);
  expect(rotated.stderr).toContain('86400 s');
  const uses = [key, rotated.stdout.trim()].map((one: string) =>
    cli(['models', 'list', '--json'], { env: { ATELIER_BASE_URL: installation.atelier.baseUrl, ATELIER_KEY: one } }),
  );
  expect((await Promise.all(uses)).map(({ code }) => code)).toEqual([0, 0]);
});

test('ledger verify prints exactly the report', async () => {
  const result = await operate('ledger', 'verify', '--json');

  expect(result.code).toBe(0);
  expect(result.json()).toEqual({
    ok: true,
    accounts: expect.any(Number),
    entries: expect.any(Number),
    open_reservations: expect.any(Number),
    problems: [],
  });
});

test("a team's key cannot administer, and is told what can", async () => {
  const result = await member('ledger', 'verify', '--json');

  expect(result.code).toBe(1);
  expect(result.json().error).toMatchObject({ code: 'admin_required', status: 403 });
  expect(result.stderr).toContain('admin_key');
});

test('ATELIER_ADMIN_KEY lets one shell do both', async () => {
  const env = { ...installation.member, ATELIER_ADMIN_KEY: installation.atelier.adminKey };

  expect((await cli(['ledger', 'verify'], { env })).code).toBe(0);
  expect((await cli(['models', 'list'], { env })).code).toBe(0);
});

test('the secret of a team is shown to the operator', async () => {
  const { stdout } = await operate('teams', 'secret', 'sample');

  expect(stdout).toBe(`${installation.atelier.callbackSecret}\n`);
});

test('applying a configuration changes what it names and sends only the variables it names', async () => {
  const before = readFileSync(installation.atelier.env['ATELIER_CONFIG'] ?? '', 'utf8');
  const file = join(folder.path, 'atelier.yaml');
  writeFileSync(
    file,
    before.replace(
      'models:\n',
      'models:\n  - { name: added, modality: text, price: free, routes: [{ provider: fake, model: up-words }] }\n',
    ),
  );
  const env = { ...installation.atelier.env, ...installation.operator };

  const result = await cli(['config', 'apply', file, '--json'], { env });

  expect(result.code).toBe(0);
  expect(result.json().created).toEqual(['model added']);
  expect((await member('models', 'list')).stdout).toMatch(/^added +text +yes +free$/m);
});

test('a faulty configuration is refused with every fault, and nothing changes', async () => {
  const file = join(folder.path, 'faulty.yaml');
  writeFileSync(file, 'providers:\n  - { name: x, kind: nothing }\nmodels:\n  - { name: y, modality: smell, routes: [] }\n');

  const result = await cli(['config', 'apply', file, '--json'], { env: installation.operator });

  expect(result.code).toBe(1);
  expect(result.json().error.details.length).toBeGreaterThan(1);
  expect(result.stderr).toContain('providers[0].kind');
  expect(result.stderr).toContain('models[0].modality');
  expect((await member('models', 'list', '--json')).json().data.map((model: any) => model.id)).toContain('words');
});

test('the doctor finds nothing wrong with a healthy installation', async () => {
  const result = await member('doctor', '--json');

  expect(result.json().steps.filter((step: any) => step.ok !== true)).toEqual([]);
  expect(result.json()).toMatchObject({ ok: true, base_url: installation.atelier.baseUrl });
  expect(result.code).toBe(0);
});

test('the doctor finds nothing wrong with a base URL without /v1, as it works all the same', async () => {
  const { origin, keys } = installation.atelier;

  const result = await cli(['doctor', '--base-url', origin, '--key', keys.test, '--json']);

  expect(result.json().steps.filter((step: any) => step.ok !== true)).toEqual([]);
});

test.each([
  ['a key that is not known', () => ['--base-url', installation.atelier.baseUrl, '--key', 'sk-wrong'], 'key', 'rejected', 'revoked'],
  ['a key with quotes', () => ['--base-url', installation.atelier.baseUrl, '--key', '"sk-x"'], 'key', 'quotes', 'Remove'],
  ['no key', () => ['--base-url', installation.atelier.baseUrl], 'key', 'No key', '--key'],
  ['an endpoint as base URL', () => ['--base-url', `${installation.atelier.baseUrl}/chat/completions`], 'name', 'endpoint', '/v1 instead'],
  [
    'https at a server of plain http',
    () => ['--base-url', installation.atelier.baseUrl.replace('http:', 'https:'), '--key', 'sk-x'],
    'tls',
    'does not speak TLS',
    'http://',
  ],
  [
    'the admin key',
    () => ['--base-url', installation.atelier.baseUrl, '--key', installation.atelier.adminKey],
    'chat',
    'admin key',
    'model',
  ],
])('the doctor names %s', async (_title, args, step, problem, advice) => {
  const result = await cli(['doctor', ...args(), '--json']);

  expect(result.code).toBe(1);
  const found = result.json().steps.find((one: any) => one.ok === false);
  expect(found).toMatchObject({ name: step, message: expect.stringContaining(problem) });
  expect(found.advice.join(' ')).toContain(advice);
});

test('the doctor says that a key may use no model', async () => {
  const { key } = (await operate('keys', 'create', 'none', '--team', 'sample', '--models', 'nothing-of-that-name', '--json')).json();

  const result = await cli(['doctor', '--base-url', installation.atelier.baseUrl, '--key', key, '--json']);

  const found = result.json().steps.find((one: any) => one.ok === false);
  expect(found).toMatchObject({ name: 'models', message: expect.stringContaining('empty') });
});

test('the doctor names the part that is missing', async () => {
  await installation.atelier.kill('worker');
  const readiness = async () => (await fetch(`${installation.atelier.origin}/readyz`)).status;
  await eventually(async () => (await readiness()) === 503, { withinMs: 60_000, everyMs: 200 });

  const result = await member('doctor', '--json');
  await installation.atelier.restart('worker');

  expect(result.json().steps.find((one: any) => one.name === 'readyz')).toMatchObject({
    ok: false,
    message: expect.stringContaining('worker'),
  });
}, 120_000);

test('a complaint leads from any id to the run, its explanation in both languages, and a bundle without secrets', async () => {
  installation.fake.script('up-image', [{ status: 400, code: 'bad_prompt', message: 'The prompt is bad, says sk-live-0123456789abcdef.' }]);
  const submitted = await member(
    'tasks',
    'submit',
    '--model',
    'image',
    '--prompt',
    'A secret fox.',
    '--external-id',
    'sku 77',
    '--wait',
    '--json',
  );
  const { id } = submitted.json();
  installation.fake.reset();

  const explained = await member('tasks', 'explain', id);
  expect(explained.code).toBe(0);
  expect(explained.stdout).toContain('The image failed: the provider refused the request as not valid.');
  expect(explained.stdout).toContain('The $0.02 that had been held was given back.');
  expect((await member('tasks', 'explain', id, '--lang', 'zh')).stdout).toContain('怎么办');
  const document = (await member('tasks', 'explain', id, '--json')).json();
  expect(document).toMatchObject({ object: 'explanation', task_id: id, lang: 'en', cause: 'caller' });

  const found = (await operate('lookup', 'sku 77', '--json')).json();
  expect(found.data).toEqual([expect.objectContaining({ matched: 'external_id', task_id: id, team: 'sample', status: 'failed' })]);
  expect((await operate('lookup', id)).stdout).toContain(id);
  const unknown = await operate('lookup', 'nobody-knows');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Nothing has the id "nobody-knows"')]);
  expect((await member('lookup', id)).code).toBe(1);

  const bundle = (await operate('runs', 'bundle', id, '--json')).json();
  expect(bundle).toMatchObject({ object: 'support_bundle', task: { id, status: 'failed' }, history: { source: expect.any(String) } });
  expect(bundle.timeline.map(({ type }: { type: string }) => type)).toContain('run.started');
  const text = JSON.stringify(bundle);
  expect(text).not.toContain('secret fox');
  expect(text).not.toContain('sk-live');
});

test('a video is found by the id that its provider gave the job', async () => {
  installation.fake.behaviour.videoMs = 0;
  const { id } = (await member('tasks', 'submit', '--model', 'video', '--prompt', 'A red fox.', '--wait', '--json')).json();
  const upstream = (await member('tasks', 'get', id, '--json')).json().routing.attempts[0].upstream_id;

  const found = (await operate('lookup', upstream, '--json')).json();

  expect(found.data.map(({ matched, task_id }: any) => [matched, task_id])).toEqual([['provider', id]]);
});

test('the audit log tells what the configuration file did, and its signed head misses entries that were cut off with their own', async () => {
  const { env, databaseUrl } = installation.atelier;
  const listed = (await operate('audit', 'list', '--action', 'model.create', '--json')).json().data;
  expect(listed.map(({ actor, via, object }: any) => [actor, via, object])).toContainEqual(['config_file', 'file', 'model:image']);
  expect((await operate('teams', 'create', 'last', '--description', 'the last one')).code).toBe(0);
  const { stdout } = await operate('audit', 'list', '--limit', '1');
  expect(stdout).toMatch(/admin_key +cli +team\.create +team:last +127\.0\.0\.1 +audit_\d+/);
  expect((await operate('audit', 'verify')).code).toBe(0);
  expect((await member('audit', 'list')).code).toBe(1);
  const newest = (await operate('audit', 'list', '--limit', '1', '--json')).json().data[0].id;
  const head = async () =>
    (
      await fetch(`${installation.atelier.origin}/admin/v1/audit/head`, {
        headers: { authorization: `Bearer ${installation.atelier.adminKey}` },
      })
    ).json();
  await eventually(async () => ((await head()) as any).anchors.filter(({ id, genuine }: any) => id === newest && genuine).length === 2, {
    withinMs: 15_000,
  });

  const pool = createDatabase({ url: databaseUrl, poolMax: 1, applicationName: 'a thief' });
  await pool.transaction(async (sql) => {
    await sql.query('set local session_replication_role = replica');
    await sql.query('delete from audit_log where seq = (select seq from audit_head)');
    await sql.query('update audit_head h set (seq, hash) = (select seq, hash from audit_log order by seq desc limit 1)');
    await sql.query('delete from audit_anchor');
  });
  await pool.close();
  const found = await cli(['audit', 'verify'], { env: { ...env, ATELIER_KEY: installation.atelier.adminKey } });
  expect([found.code, found.stdout]).toEqual([
    1,
    expect.stringContaining(`${newest}: The entry is missing: the signed head in the object store is at`),
  ]);
});
