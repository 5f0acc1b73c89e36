import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { cli, useFolder } from '../cli/support/run-cli';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider';
import { startAtelier, type TestAtelier } from '../support/stack';
import { closeGolden, GOLDEN, openGolden, type OpenGolden } from './support/golden';

const folder = useFolder();
const CONFIG = `providers:
  - { name: sandbox, kind: sandbox }
models:
  - { name: sandbox-text, modality: text, price: free, routes: [{ provider: sandbox, model: sandbox-text }] }
`;
let fake: FakeProvider;
beforeAll(async () => {
  fake = await startFakeProvider();
});
afterAll(async () => {
  await fake.close();
  await closeGolden();
});

describe.each(GOLDEN.map((expected) => [expected.file, expected] as const))('the move from %s', (file, expected) => {
  let atelier: TestAtelier;
  let source: OpenGolden;
  let before: string;
  let plan: any;
  let planFile: string;
  const operator = () => ({ ATELIER_BASE_URL: atelier.baseUrl, ATELIER_KEY: atelier.adminKey });
  // The plan has no password: of servers the environment gives it again.
  const migrate = (...args: readonly string[]) => cli(['migrate', ...args], { env: { ...operator(), MIGRATE_SOURCE: source.location } });
  const admin = async (path: string): Promise<any> =>
    (await fetch(new URL(`/admin/v1${path}`, atelier.baseUrl), { headers: { authorization: `Bearer ${atelier.adminKey}` } })).json();
  const ask = (key: string, headers: Record<string, string> = { authorization: `Bearer ${key}` }) =>
    fetch(new URL('/v1/chat/completions', atelier.baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] }),
    });

  beforeAll(async () => {
    atelier = await startAtelier({ config: CONFIG });
    source = await openGolden(file, folder.path);
    before = await source.checksum();
    planFile = join(folder.path, `${file}.apply.yaml`);
    await cli(['migrate', 'plan', source.location, '--out', planFile]);
    plan = parse(readFileSync(planFile, 'utf8'));
    // What a person does who has tested them: texts go to the fake provider.
    for (const provider of plan.providers) {
      if (provider.kind !== 'openai' || /sora/.test(provider.name)) continue;
      provider.base_url = fake.baseUrl;
      provider.enabled = true;
    }
    writeFileSync(planFile, stringify(plan));
  }, 120_000);
  afterAll(async () => {
    await atelier.stop();
    await source.close();
  }, 60_000);

  test('the checklist says what is to be done before anything came in', async () => {
    const { code, stdout } = await migrate('checklist', planFile, '--json');
    const { batch_id: id, checks } = JSON.parse(stdout);

    expect([code, id]).toEqual([1, null]);
    expect(Object.fromEntries(checks.map(({ name, state }: any) => [name, state]))).toMatchObject({
      backup: 'person',
      apply: 'open',
      balances: 'open',
      permissions: 'open',
      providers: 'open',
      traffic: 'open',
      delta: 'open',
      notices: 'person',
    });
    for (const { state, todo } of checks) expect(todo === null).toBe(state === 'done');
  });

  test('a dry run says what would come in, and brings nothing', async () => {
    const result = await migrate('apply', planFile, '--dry-run', '--json');
    const { imported, balances } = result.json();

    expect(result.code).toBe(0);
    expect(imported).toMatchObject({ users: plan.members.length, keys: plan.credentials.length });
    expect(balances.difference_usd).toBe('0');
    expect((await admin('/imports')).data).toEqual([]);
    expect((await ask(expected.tokens.find(({ chat }) => chat === 200).key)).status).toBe(401);
  }, 60_000);

  test('apply brings all of it, to the micro-dollar, and says of each row what became of it', async () => {
    const result = await migrate('apply', planFile, '--json');
    expect(result.stderr).toBe('');
    const report = result.json();

    expect({ ok: report.ok, code: result.code }).toEqual({ ok: true, code: 0 });
    expect(report.balances).toEqual({
      source_quota: String(expected.balances.live_users_quota),
      source_usd: expected.balances.live_users_usd,
      imported_usd: expected.balances.live_users_usd,
      difference_usd: '0',
    });
    const left = (entity: string): number => report.skipped.filter((skip: any) => skip.entity === entity).length;
    expect(Number(report.imported.users) + left('user')).toBe(expected.tables['users']);
    expect(Number(report.imported.keys) + left('token')).toBe(expected.tables['tokens']);
    expect(Number(report.imported.providers) + left('channel')).toBe(expected.tables['channels']);
    expect(Number(report.imported.tasks) + left('task') + left('midjourney')).toBe(
      (expected.tables['tasks'] ?? 0) + (expected.tables['midjourneys'] ?? 0),
    );
    const [move] = (await admin('/imports')).data;
    expect(move).toMatchObject({ balance_usd: expected.balances.live_users_usd, ledger_usd: expected.balances.live_users_usd });
    expect(await source.checksum()).toBe(before);
    const secrets = [...expected.never_in_output, ...expected.tokens.map(({ key }) => key as string)];
    expect(secrets.filter((secret) => result.stdout.includes(secret))).toEqual([]);
  }, 120_000);

  test.each(['users', 'admins'])('what %s are told by the installation is what the command writes, in both languages', async (audience) => {
    const [from, until, contact, base] = ['2026-12-01', '2027-01-15', 'it@studio.example', 'https://ai.studio.example/v1'];
    const dated = ['--from', from, '--until', until, '--contact', contact, '--base-url', base];
    const [move] = (await admin('/imports')).data;
    const query = new URLSearchParams({ from, until, contact, base_url: base });
    const { data } = await admin(`/imports/${String(move.id)}/notices?${query.toString()}`);
    for (const lang of ['en', 'zh']) {
      const written = await migrate('notice', planFile, '--lang', lang, '--audience', audience, ...dated, '--json');
      const { text } = data.find((notice: any) => notice.lang === lang && notice.audience === audience);
      expect(text).toBe(written.json().text);
      for (const fact of [from, until, contact, base]) expect(text).toContain(fact);
    }
  });

  test('verify finds no difference', async () => {
    const result = await migrate('verify', planFile, '--json');

    expect(result.json().differences).toEqual([]);
    expect(result.code).toBe(0);
  }, 120_000);

  test('the checklist and the status say what came in', async () => {
    const { checks } = (await migrate('checklist', planFile, '--json')).json();
    const status = await migrate('status', planFile);

    expect(checks.filter(({ state }: any) => state === 'done').map(({ name }: any) => name)).toEqual(
      expect.arrayContaining(['apply', 'balances', 'logs']),
    );
    expect(status.stdout).toContain(`${String(plan.credentials.filter(({ include }: any) => include !== false).length)} keys`);
  });

  test.each(['en', 'zh'])('the checklist of the installation is the one that the command writes, in %s', async (lang) => {
    const [move] = (await admin('/imports')).data;
    const { data } = await admin(`/imports/${String(move.id)}/checklist?lang=${lang}`);
    const { checks } = (await migrate('checklist', planFile, '--lang', lang, '--json')).json();
    const shown = (todo: string | null): string | null => todo?.replaceAll(planFile, 'plan.yaml') ?? null;
    const written = checks.map((check: any) => ({ object: 'import_check', ...check, todo: shown(check.todo) }));
    expect(data).toEqual(written);
    expect(data.map(({ name }: any) => name)).toEqual(
      'backup mapping apply balances permissions providers logs traffic delta rollback notices'.split(' '),
    );
    const [models, keys] = [plan.models, plan.credentials].map((list) => list.filter(({ include }: any) => include !== false).length);
    const said = (part: string): string => data.find(({ name }: any) => name === part).detail;
    expect([said('mapping'), said('permissions'), said('logs')]).toEqual(
      [models, keys, plan.usage.spent_usd].map((fact) => expect.stringContaining(String(fact))),
    );
  });

  test('verify names a balance that is not as planned, and ends with 1', async () => {
    const other = join(folder.path, `${file}.other.yaml`);
    const [member, ...rest] = plan.members;
    writeFileSync(other, stringify({ ...plan, members: [{ ...member, balance_usd: '1234.5' }, ...rest] }));
    const result = await migrate('verify', other, '--json');

    expect(result.code).toBe(1);
    expect(result.json().differences.map(({ what }: any) => what)).toEqual(['balances']);
  }, 60_000);

  test('a second apply changes nothing', async () => {
    const move = async () => (await admin('/imports')).data[0];
    const [state, ledger] = [await move(), await admin('/ledger/verify')];

    const { imported, unchanged } = (await migrate('apply', planFile, '--json')).json();

    expect(Object.values(imported).every((count) => count === 0)).toBe(true);
    expect(unchanged).toMatchObject({ users: plan.members.length, keys: plan.credentials.length });
    expect(await move()).toEqual(state);
    expect(await admin('/ledger/verify')).toEqual(ledger);
    expect(ledger.ok).toBe(true);
  }, 120_000);

  test('old keys work at once in every spelling, and are refused where the source refuses them', async () => {
    const wrong: string[] = [];
    for (const { legacy_id: id, name, key, chat } of expected.tokens) {
      if (chat === null) continue;
      const status = (await ask(`sk-${String(key)}`)).status;
      if (status !== chat) wrong.push(`${String(id)} ${String(name)}: ${status}, not ${String(chat)}`);
    }
    expect(wrong).toEqual([]);
    const { key } = expected.tokens.find(({ chat }) => chat === 200);
    for (const spelled of [key, `sk-${String(key)}-12`, `${String(key)}-7`]) expect((await ask(spelled)).status).toBe(200);
    expect((await ask('', { 'x-api-key': key })).status).toBe(200);
    expect((await ask(`sk-${String(key)}x`)).status).toBe(401);
  }, 120_000);

  test("a key of a group pays its team's factor, from the key and from the balance of its user", async () => {
    const bob = plan.members.find(({ name }: any) => name === 'bob');
    const credential = plan.credentials.find(({ name, owner }: any) => name === 'bob-app' && owner === 'bob');
    const { key } = expected.tokens.find(({ legacy_id: id }) => id === credential.legacy_id);
    const spent = async (): Promise<string> => (await admin(`/keys/vip/bob-app`)).spent_usd;
    const first = Number(await spent());
    const answer = await ask(`sk-${String(key)}`);
    const { usage } = (await answer.json()) as { readonly usage: Readonly<Record<'prompt_tokens' | 'completion_tokens', number>> };
    const cost = (usage.prompt_tokens * 0.15 + usage.completion_tokens * 0.6) * 0.8;

    expect(bob.team).toBe('vip');
    expect(Number(await spent()) - first).toBeCloseTo(Math.ceil(cost - 1e-9) / 1e6, 9);
  }, 60_000);

  test('the books are right', async () => {
    expect(await admin('/ledger/verify')).toMatchObject({ ok: true, problems: [] });
  });
});
