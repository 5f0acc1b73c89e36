import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createConfigAdmin } from '../../adapters/config';
import { parseConfig } from '../../adapters/config/file';
import { createDatabase, type Database } from '../../adapters/db';
import { createCatalogueStore } from '../../adapters/db/catalogue';
import { createSecrets } from '../../adapters/secrets';
import { useDatabase } from '../support/database';

const home = useDatabase();
const secrets = createSecrets(randomBytes(32).toString('base64'), null);
let database: Database;
beforeAll(() => {
  database = createDatabase({ url: home.url, poolMax: 2, applicationName: 'test' });
});
afterAll(() => database.close());

const store = () => createCatalogueStore(database, secrets);
const EXAMPLE = join(__dirname, '..', '..', 'config', 'example.yaml');
const variablesOf = (yaml: string) =>
  Object.fromEntries(
    [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      name.includes('CALLBACK') ? `whsec_${Buffer.alloc(32, 7).toString('base64')}` : `sk-${name.toLowerCase()}-0123456789abcdef`,
    ]),
  );

const MORE = `
  - name: bakery
    time_zone: Europe/Berlin
    budget_usd: { total: "10", daily: "2.5", warn_percent: [80] }
    class_budgets_usd: { test: { monthly: "1" } }
    projects: [{ name: spring, budget_usd: "3" }]
    retention_days: 30
    log_bodies: { retention_days: 7 }
    model_tiers: { test: [economy] }
    credentials:
      - { name: nightly, class: script, key: "\${NIGHTLY}", limits: { total_usd: "1", daily_usd: "0.5" }, project: spring, purpose: bread,
          expires_at: "2099-01-31T00:00:00Z", ip_allow: ["10.0.0.0/8"], endpoints: [chat], model_tiers: [economy],
          max_cost_per_request_usd: "0.5", rate: { requests_per_minute: 60 }, images_default: url, models_default: image }
organisation: { budget_usd: { monthly: "1000" } }
alerts:
  - { name: spent, rule: budget, team: bakery, thresholds: [80], channels: [{ type: slack, url: "https://chat.example/hook/secret-part" }, { type: email, to: ops@bakery.example }] }
retention:
  - { kind: callbacks, team: bakery, days: 90 }
  - { kind: events, days: forever }
`;

test('what was applied is exported as a file that means the same, with no secret in it', async () => {
  const example = await readFile(EXAMPLE, 'utf8');
  const yaml = `${example.trimEnd()}\n${MORE.slice(1)}`;
  const env = variablesOf(yaml);
  const admin = createConfigAdmin(store(), {});
  await admin.apply(yaml, env);
  const before = await store().snapshot();

  const exported = await admin.export();
  for (const secret of [...Object.values(env), 'secret-part']) expect(exported.yaml).not.toContain(secret);
  expect(exported.variables).toEqual(expect.arrayContaining(['ALERT_SPENT_1_URL']));
  // A file of the same installation: keys that are not given are kept, and nothing changes but the secrets that are given anew.
  const given = Object.fromEntries(exported.variables.map((name) => [name, `https://chat.example/${name.toLowerCase()}-0123456789`]));
  expect(await admin.check(exported.yaml, given)).toEqual([]);
  const report = await admin.apply(exported.yaml, given);
  const withSecrets = before.providers.size - [...before.providers.values()].filter(({ kind }) => kind === 'sandbox').length;
  expect(report.created).toEqual([]);
  expect(report.disabled).toEqual([]);
  expect(report.updated.filter((what) => !what.startsWith('provider '))).toEqual(['alert spent']);
  expect(report.updated.filter((what) => what.startsWith('provider ')).length).toBeLessThanOrEqual(withSecrets);

  const after = await store().snapshot();
  expect(after.models).toEqual(before.models);
  const plain = ({
    secrets: _secrets,
    keys: _keys,
    headers: _headers,
    ...provider
  }: {
    secrets: unknown;
    keys?: unknown;
    headers: unknown;
  }) => provider;
  expect([...after.providers.values()].map(plain)).toEqual([...before.providers.values()].map(plain));
  expect((await admin.export()).yaml).toBe(exported.yaml);
});

test('a credential without a key keeps the one that it has, and one that has none is refused by its name', async () => {
  const file = (key: string, purpose: string) => `
teams: [{ name: keeps, credentials: [{ name: site, class: test, purpose: ${purpose}${key} }] }]
`;
  const key = 'sk-keeps-0123456789abcdef';
  const admin = createConfigAdmin(store(), {});
  await expect(admin.apply(file('', 'first'), {})).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('keeps/site') as unknown,
  });
  await admin.apply(file(', key: "${KEY}"', 'first'), { KEY: key });
  expect((await admin.apply(file('', 'second'), {})).updated).toEqual(['credential keeps/site']);
  expect(await store().findCaller(secrets.describe(key).hash)).toMatchObject({ credentialName: 'site' });
  expect(parseConfig(file('', 'third'), {}).teams[0]?.credentials[0]?.key).toBeNull();
});
