import { ANSWER_DEFAULTS, UNBOUND } from '../../domain/access/caller';
import { NO_LIMITS } from '../../domain/access/credential';
import { parseConfig } from '../../adapters/config/file';
import { createDatabase } from '../../adapters/db';
import type { Database } from '../../adapters/db';
import { createCatalogueStore } from '../../adapters/db/catalogue';
import { createSecrets } from '../../adapters/secrets';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const MASTER_KEY = '8f0d3b5c71e2a4968f0d3b5c71e2a496';
const secrets = createSecrets(MASTER_KEY, null);
const ENV = {
  A: 'sk-key-number-a',
  B: 'sk-key-number-b',
  C: 'sk-key-number-c',
  PROVIDER: 'sk-provider-secret',
  PROVIDER_B: 'sk-provider-second',
};
const home = useDatabase();
let database: Database;

beforeAll(() => {
  database = createDatabase({ url: home.url, poolMax: 4, applicationName: 'test' });
});
afterAll(() => database.close());

const store = () => createCatalogueStore(database, secrets);
const FULL = `
providers:
  - { name: main, kind: openai, base_url: "http://localhost:1/v1", api_key: "\${PROVIDER}", headers: { X-Title: t } }
  - { name: sandbox, kind: sandbox }
  - name: many
    kind: openai
    keys: [{ name: a, api_key: "\${PROVIDER}", weight: 3 }, { name: b, api_key: "\${PROVIDER_B}" }]
    classes: [production, test]
    limits: { requests_per_minute: 60, concurrent: 20 }
    breaker: { failures: 3 }
models:
  - name: zebra
    modality: text
    price: { input_per_1m_usd: "0.25", output_per_1m_usd: "2" }
    strategy: cheapest
    fallbacks: { content_policy: [other], context_window: [] }
    routes:
      - { provider: main, model: z, cost: { input_per_1m_usd: "0.2" } }
      - { provider: many, model: z, when: { classes: [production, test] } }
  - { name: other, modality: text, price: free, routes: [{ provider: main, model: z }] }
  - { name: ape, modality: image, price: { per_image_usd: "0.02" }, routes: [{ provider: sandbox, model: sandbox-image }], capabilities: { max_n: 4 } }
  - { name: unpriced, modality: video, routes: [{ provider: sandbox, model: sandbox-video }] }
`;
const team = (lines: string) => `${FULL}teams:\n${lines}`;
const apply = (yaml: string, env: Record<string, string> = ENV) => store().apply(parseConfig(yaml, env));
const callerOf = (key: string) => store().findCaller(secrets.describe(key).hash);

async function limitsOf(teamName: string): Promise<Record<string, string>> {
  const rows = await database.query<{ name: string; limited: string }>(
    `select concat_ws(' ', case b.kind when 'team' then b.kind else replace(account_title(b.kind, b.team_id, b.key), ':', ' ') end, nullif(b.period, 'total')) as name,
       b.limit_micro_usd::text as limited
     from budgets b join teams t on t.id = b.team_id where t.name = $1`,
    [teamName],
  );
  return Object.fromEntries(rows.map(({ name, limited }) => [name, limited]));
}

test('what was applied is read back exactly, in the order of the file', async () => {
  await apply(FULL);

  const { models, providers } = await store().snapshot();
  expect([...models.keys()]).toEqual(['zebra', 'other', 'ape', 'unpriced']);
  const document = parseConfig(FULL, ENV);
  document.models.forEach(({ notes: _notes, ...model }) =>
    expect(models.get(model.name)).toEqual({ ...model, createdAt: expect.any(Date) }),
  );
  document.providers.forEach((provider) => expect(providers.get(provider.name)).toEqual(provider));
});

test('secrets lie in the database sealed or hashed only', async () => {
  await apply(team('  - { name: sealed, credentials: [{ name: site, class: production, key: "${A}" }] }'));

  const rows = await database.query<{ row: string }>(
    'select p::text as row from providers p union all select t::text from teams t union all select c::text from credentials c',
  );
  const text = rows.map(({ row }) => row).join('\n');
  expect(text).toContain(secrets.describe(ENV.A).hash);
  [...Object.values(ENV), await store().callbackSecret('sealed')].forEach((secret) => expect(text).not.toContain(secret));
});

test('applying the same document again changes nothing', async () => {
  const yaml = team('  - { name: twice, budget_usd: { total: "5" }, credentials: [{ name: site, class: production, key: "${A}" }] }');
  const first = await apply(yaml);
  const secret = await store().callbackSecret('twice');
  const again = await apply(yaml);

  expect(again).toEqual({
    version: first.version,
    created: [],
    updated: [],
    disabled: [],
    unchanged: expect.arrayContaining(['team twice', 'credential twice/site']),
  });
  expect(await store().callbackSecret('twice')).toBe(secret);
  const [entries] = await database.query<{ count: bigint }>(`select count(*) from ledger where kind = 'grant' and granted_delta = 5000000`);
  expect(entries?.count).toBe(1n);
});

test('a change is reported, raises the version and is announced', async () => {
  await apply(FULL);
  const before = await store().version();
  let announced = 0;
  const stop = database.changes.onCatalogue(() => (announced += 1));
  try {
    // The listener's connection comes up by itself; changes are made until one is heard.
    await eventually(
      async () => {
        const report = await apply(FULL.replace('per_image_usd: "0.02"', `per_image_usd: "0.0${(await store().version()) % 1000}"`));
        expect(report.updated).toEqual(['model ape']);
        return announced > 0;
      },
      { withinMs: 10_000 },
    );
  } finally {
    stop();
  }

  expect(await store().version()).toBeGreaterThan(before);
});

test('what the file no longer names is switched off and comes back with its history', async () => {
  const both = team('  - { name: leaving, credentials: [{ name: site, class: production, key: "${A}" }] }');
  await apply(both);
  const caller = await callerOf(ENV.A);

  const report = await apply(FULL.replace(/^ {2}- \{ name: unpriced.*\n/m, ''));
  expect(report.disabled).toEqual(expect.arrayContaining(['model unpriced', 'team leaving', 'credential leaving/site']));
  expect(await callerOf(ENV.A)).toBeNull();
  expect([...(await store().snapshot()).models.keys()]).not.toContain('unpriced');

  await apply(both);
  expect(await callerOf(ENV.A)).toEqual(caller);
  expect([...(await store().snapshot()).models.keys()]).toContain('unpriced');
});

describe('limits', () => {
  const budgets = (total: string, test_: string, site: string) =>
    team(`  - name: limits
    budget_usd: { ${total} monthly: "2" }
    class_budgets_usd: { test: "${test_}" }
    credentials: [{ name: site, class: production, key: "\${A}"${site} }, { name: other, class: test, key: "\${B}" }]`);

  test('every limit is a budget; a number is a total', async () => {
    await apply(budgets('total: "10",', '3', ', limit_usd: "1"'));

    expect(await limitsOf('limits')).toEqual({
      team: '10000000',
      'team monthly': '2000000',
      'class test': '3000000',
      'credential site': '1000000',
    });
  });

  test('a changed limit is followed, also where it is taken away or set to nothing', async () => {
    const report = await apply(budgets('', '0', ', limit_usd: "2.5"'));

    expect(report.updated).toContain('limits of team limits');
    expect(await limitsOf('limits')).toEqual({ 'team monthly': '2000000', 'class test': '0', 'credential site': '2500000' });
    expect((await apply(budgets('', '0', ', limit_usd: "2.5"'))).updated).toEqual([]);
  });
});

describe('keys', () => {
  const fresh = {
    ...({ name: 'x', class: 'test', models: ['*'], hint: '', project: null, owner: null, purpose: null } as const),
    ...{ limits: NO_LIMITS, defaults: ANSWER_DEFAULTS, bounds: UNBOUND },
  };
  const keys = (lines: string) => team(`  - name: keys\n    credentials:\n${lines}`);
  const site = (key: string) => `      - { name: site, class: production, key: "\${${key}}" }\n`;
  const night = (key: string) =>
    `      - { name: night, class: test, key: "\${${key}}", models: [ape], images_default: url, models_default: text }\n`;

  test('a key finds its caller', async () => {
    await apply(keys(site('A') + night('B')));

    expect(await callerOf(ENV.B)).toMatchObject({
      credentialName: 'night',
      credentialClass: 'test',
      teamName: 'keys',
      models: ['ape'],
      defaults: { images: 'url', models: 'text' },
    });
    expect(await callerOf(ENV.A)).toMatchObject({ defaults: { images: 'b64_json', models: null } });
    expect(await callerOf('sk-unknown')).toBeNull();
  });

  test('two credentials may swap their keys, and a key may move to a new name', async () => {
    await apply(keys(site('B') + night('A')));
    expect(await callerOf(ENV.A)).toMatchObject({ credentialName: 'night' });
    expect(await callerOf(ENV.B)).toMatchObject({ credentialName: 'site' });

    await apply(keys(site('B').replace('site', 'shop') + night('A')));
    expect(await callerOf(ENV.B)).toMatchObject({ credentialName: 'shop' });
  });

  test('a key that another credential keeps is one clear error and nothing is changed', async () => {
    await apply(keys(site('A')));
    const made = await store().credentials.create({
      ...fresh,
      team: 'keys',
      name: 'by-hand',
      class: 'script',
      keyHash: secrets.describe(ENV.C).hash,
    });
    expect(made).toMatchObject({
      team: 'keys',
      name: 'by-hand',
      spentMicroUsd: 0n,
      heldMicroUsd: 0n,
      limits: NO_LIMITS,
      revokedAt: null,
    });

    await expect(apply(keys(site('C') + night('B')))).rejects.toMatchObject({
      code: 'conflict',
      message: 'The key of credential keys/site is used by credential keys/by-hand already. Give it its own key.',
    });
    expect(await callerOf(ENV.A)).toMatchObject({ credentialName: 'site' });
    expect(await callerOf(ENV.B)).toBeNull();
  });

  test('a credential made by hand stays when the file is applied again', async () => {
    await apply(keys(site('A')));

    expect(await callerOf(ENV.C)).toMatchObject({ credentialName: 'by-hand' });
    expect((await store().credentials.list({ teams: null, team: 'keys', limit: 10 })).data.map(({ name }) => name)).toEqual([
      'by-hand',
      'site',
    ]);
  });

  test('a revoked key stays revoked, whatever the file says, until it is another key', async () => {
    await apply(keys(site('A')));
    const revoked = await store().credentials.revoke({ team: 'keys', name: 'site' });
    expect(revoked.revokedAt).toBeInstanceOf(Date);
    expect((await store().credentials.revoke({ team: 'keys', name: 'site' })).revokedAt).toEqual(revoked.revokedAt);

    await apply(keys(site('A')));
    expect(await callerOf(ENV.A)).toBeNull();
    await expect(apply(keys(night('A')))).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('was revoked') });

    await apply(keys(site('B')));
    expect(await callerOf(ENV.B)).toMatchObject({ credentialName: 'site' });
  });

  test('unknown teams, names in use and unknown names are errors of their kind', async () => {
    await expect(store().credentials.create({ ...fresh, team: 'nobody', keyHash: 'a' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(store().credentials.create({ ...fresh, team: 'keys', name: 'by-hand', keyHash: 'b' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(store().credentials.revoke({ team: 'keys', name: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(store().callbackSecret('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('a callback secret that is given replaces the one that was made, and stays when it is given no more', async () => {
  const given = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  await apply(team('  - { name: signed, callback_secret: "${S}" }'), { ...ENV, S: given });
  expect(await store().callbackSecret('signed')).toBe(given);

  await apply(team('  - { name: signed }'));
  expect(await store().callbackSecret('signed')).toBe(given);
});

test('a wrong master key is one clear error, when reading and when applying', async () => {
  await apply(FULL);
  const wrong = createCatalogueStore(database, createSecrets('another-master-key-of-32-characters', null));

  await expect(wrong.snapshot()).rejects.toThrow(/another master key\. Set ATELIER_MASTER_KEY/);
  await expect(wrong.apply(parseConfig(FULL, ENV))).rejects.toThrow(/another master key/);
});

test('two applies at once leave one of the two documents', async () => {
  const one = team('  - { name: race, budget_usd: { total: "1" }, credentials: [{ name: c, class: test, key: "${A}" }] }');
  const two = one.replace('"1"', '"2"');

  await Promise.all([apply(one), apply(two), apply(one), apply(two)]);

  expect(['1000000', '2000000']).toContain((await limitsOf('race'))['team']);
  expect(await database.ledger.verify()).toMatchObject({ ok: true });
});
