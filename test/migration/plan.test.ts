import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { cli, useFolder } from '../cli/support/run-cli';
import { closeGolden, GOLDEN, NOT_RUN, openGolden, type OpenGolden } from './support/golden';

const folder = useFolder();
afterAll(closeGolden);

if (NOT_RUN.length > 0) test.skip(`not run, as there is no MariaDB server on this machine: ${NOT_RUN.join(', ')}`, () => undefined);

describe.each(GOLDEN.map((expected) => [expected.file, expected] as const))('the plan of %s', (file, expected) => {
  let source: OpenGolden;
  let before: string;
  let text: string;
  let output: string;
  let plan: any;
  beforeAll(async () => {
    source = await openGolden(file, folder.path);
    before = await source.checksum();
    const out = join(folder.path, `${file}.yaml`);
    const result = await cli(['migrate', 'plan', source.location, '--out', out, '--json']);
    expect(result.stderr).toBe('');
    output = result.stdout;
    text = readFileSync(out, 'utf8');
    plan = parse(text);
  }, 60_000);
  afterAll(async () => {
    await source.close();
  });

  test('leaves the source as it was', async () => {
    expect(await source.checksum()).toBe(before);
  });

  test('knows the product, and counts every table', async () => {
    const inspection = (await cli(['migrate', 'inspect', source.location, '--json'])).json();

    expect(inspection.product).toBe(expected.product);
    expect(inspection.tables).toEqual(expected.tables);
    expect(plan.source).toMatchObject({ product: expected.product });
  });

  test('has every row of the source, or a reason for it to stay behind', () => {
    const fates = Object.entries<any>(plan.tables);

    expect(Object.fromEntries(fates.map(([name, { rows }]) => [name, rows]))).toEqual(expected.tables);
    expect(fates.filter(([, { rows, imported, skipped }]) => Number(imported) + Number(skipped) !== rows)).toEqual([]);
  });

  test('has the balances exactly, debts among them', () => {
    const live = expected.users.filter(({ expect: what }) => what === 'import');

    expect(Object.fromEntries(plan.members.map((member: any) => [member.legacy_id, member.balance_usd]))).toEqual(
      Object.fromEntries(live.map(({ legacy_id: id, balance_usd: usd }) => [id, usd])),
    );
    expect(plan.balances).toEqual({
      source_quota: String(expected.balances.live_users_quota),
      source_usd: expected.balances.live_users_usd,
      planned_usd: expected.balances.live_users_usd,
      difference_usd: '0',
    });
  });

  test('makes teams of groups, with their ratios', () => {
    const ratios = Object.fromEntries(plan.teams.map((team: any) => [team.legacy_group, team.ratio]));

    expect(ratios).toEqual(Object.fromEntries(expected.groups.map(({ name, ratio }) => [name, ratio])));
  });

  test('has every key with its owner, limit, expiry, models and addresses', () => {
    const wanted = expected.tokens.filter(({ expect: what }) => what === 'import');
    const seen = new Map<number, any>(plan.credentials.map((credential: any) => [credential.legacy_id, credential]));

    expect(wanted.filter(({ legacy_id: id }) => !seen.has(id))).toEqual([]);
    for (const token of wanted) {
      const credential = seen.get(token.legacy_id);
      expect(credential).toMatchObject({
        owner: token.owner,
        class: token.class,
        expires_at: token.expires_at,
        models: token.models,
        ip_allow: token.ip_allow,
      });
      expect(token.team).toContain(credential.team);
      // A cap below 0 leaves nothing, as 0 does.
      expect(credential.limit_usd).toBe(token.limit_usd?.startsWith('-') === true ? '0' : token.limit_usd);
    }
    const skipped = expected.tokens.filter(({ expect: what }) => what === 'skip');
    for (const { legacy_id: id, reason } of skipped) {
      expect(plan.skipped).toContainEqual(expect.objectContaining({ entity: 'token', legacy_id: id, reason }));
    }
    const names = plan.credentials.map(({ team, name }: any) => `${team}/${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test("makes providers of channels, disabled, by the product's own numbers", () => {
    const providers = new Map<number, any>(plan.providers.map((provider: any) => [provider.legacy_id, provider]));
    for (const channel of expected.channels) {
      const provider = providers.get(channel.legacy_id);
      const isLeft = plan.skipped.some(({ entity, legacy_id: id }: any) => entity === 'channel' && id === channel.legacy_id);
      expect(provider === undefined).toBe(isLeft);
      if (channel.expect === 'import') expect(provider).toBeDefined();
      if (channel.expect === 'skip') expect(provider).toBeUndefined();
      if (provider === undefined) continue;
      expect(channel.kind).toContain(provider.kind);
      expect(provider.enabled).toBe(false);
      expect(provider.keys).toHaveLength(channel.keys);
      expect(provider.keys.filter(({ enabled }: any) => enabled)).toHaveLength(channel.keys_enabled);
      if (channel.base_url !== undefined) expect(provider.base_url.startsWith(channel.base_url)).toBe(true);
      const routes = Object.fromEntries(
        plan.models.flatMap(({ name, routes: of }: any) =>
          of.filter((route: any) => route.provider === provider.name).map((route: any) => [name, route.model]),
        ),
      );
      if (channel.route_optional !== true) {
        const wanted = Object.entries(channel.routes).filter(([, upstream]) => upstream !== null);
        expect(routes).toEqual(Object.fromEntries(wanted));
      }
    }
  });

  test('has the prices that the source charged, and invents none', () => {
    const models = new Map<string, any>(plan.models.map((model: any) => [model.name, model]));
    for (const { name, price } of expected.models) {
      const planned = models.get(name)?.price;
      if (price === null) {
        expect([name, planned]).toEqual([name, null]);
        continue;
      }
      const { output_from_option_per_1m_usd: _ignored, cache_write_per_1m_usd: write, ...rest } = price;
      expect({ name, ...planned }).toMatchObject({
        name,
        ...rest,
        ...(write === undefined ? {} : { cache_write_input_per_1m_usd: write }),
      });
    }
  });

  test('takes finished generations along, and says of the others why not', () => {
    const { tasks } = expected;
    if (tasks === null) {
      expect(plan.history).toMatchObject({ tasks: 0, midjourneys: 0 });
      return;
    }
    const left = (entity: string) => plan.skipped.filter((skip: any) => skip.entity === entity);

    expect(plan.history).toMatchObject({ tasks: tasks.importable.length, midjourneys: tasks.midjourneys_importable.length });
    expect(left('task').map(({ legacy_id: id, reason }: any) => ({ legacy_id: id, reason }))).toEqual(tasks.skipped);
    expect(left('midjourney').map(({ legacy_id: id }: any) => id)).toEqual(tasks.midjourneys_skipped);
  });

  test('warns of all that a person must be told', () => {
    const key = ({ category, entity, legacy_id: id, name, model }: any) =>
      [category, entity, id ?? name ?? '', model ?? ''].map(String).join(' ');
    const seen = new Set(plan.warnings.map(key));

    expect(expected.warnings.map(key).filter((one) => !seen.has(one))).toEqual([]);
  });

  test('sums up what was spent', () => {
    const sum = Object.values(expected.spend_by_user_quota).reduce((total, quota) => total + BigInt(quota), 0n);

    expect(BigInt(Math.round(Number(plan.usage.spent_usd) * 500_000))).toBe(sum);
  });

  test('holds no secret, in the file or on the terminal', () => {
    const secrets = [...expected.never_in_output, ...expected.tokens.map(({ key }) => key as string)].flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
    ]);

    expect(secrets.filter((secret) => text.includes(secret) || output.includes(secret))).toEqual([]);
  });
});

test.each([
  ['a file that is not there', () => 'nowhere.db', /There is no file/],
  ['a file that is no database', () => write('text.db', 'hello'), /no SQLite database/],
  ['an empty file', () => write('empty.db', ''), /no SQLite database/],
  ['a folder', () => folder.path, /is a folder: name the SQLite file in it/],
  ['a packed database', () => write('packed.db.gz', '\x1f\x8b\x08packed'), /is packed: unpack it first/],
  ['a dump', () => write('one-api.sql', '-- MariaDB dump 10.19'), /is a dump: load it into a server/],
  ['a database that ends in the middle', () => write('cut.db', `SQLite format 3\0${'x'.repeat(4_000)}`), /cannot be read/],
  ['a database with a damaged page', () => damaged('damaged.db'), /damaged/],
  ['a database whose last pages are damaged', () => damaged('tail.db', -3), /it is damaged \(Tree \d+/],
  ['a server that is not there', () => 'postgres://nobody:hunter2@127.0.0.1:1/none', /cannot be read/],
  ['an address of something else', () => 'redis://127.0.0.1/0', /must be a SQLite file/],
])('%s is refused with one clear line, and leaves nothing', async (title, place, message) => {
  const out = join(folder.path, `${title.replaceAll(' ', '-')}.yaml`);
  const result = await cli(['migrate', 'plan', place(), '--out', out], { cwd: folder.path });

  expect(result.code).toBe(1);
  expect(result.stderr.trim().split('\n')).toHaveLength(1);
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toContain('hunter2');
  expect(readdirSync(folder.path).filter((name) => name.startsWith(title.replaceAll(' ', '-')))).toEqual([]);
});

function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text, 'latin1');
  return path;
}

/** A golden database with noise in the middle, or from a page counted from the end. */
function damaged(name: string, from = 40): string {
  const path = join(folder.path, name);
  const bytes = gunzipSync(readFileSync(join(__dirname, '../fixtures/migration/newapi-a.sqlite.gz')));
  const page = from < 0 ? bytes.length / 4_096 + from : from;
  bytes.fill(0xff, page * 4_096, from < 0 ? bytes.length : 200 * 4_096);
  writeFileSync(path, bytes);
  return path;
}
