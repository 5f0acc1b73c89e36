import { createConfigAdmin, loadConfiguration } from '../../adapters/config';
import { createDatabase } from '../../adapters/db';
import type { Database } from '../../adapters/db';
import { createCatalogueStore } from '../../adapters/db/catalogue';
import { createSecrets } from '../../adapters/secrets';
import { UNBOUND } from '../../domain/access/caller';
import { useDatabase } from '../support/database';

const secrets = createSecrets('8f0d3b5c71e2a4968f0d3b5c71e2a496', null);
const home = useDatabase();
let database: Database;

beforeAll(() => {
  database = createDatabase({ url: home.url, poolMax: 2, applicationName: 'test' });
});
afterAll(() => database.close());

const store = () => createCatalogueStore(database, secrets);
const FILE = `
providers: [{ name: sandbox, kind: sandbox }]
models:
  - { name: ape, modality: image, price: { per_image_usd: "\${PRICE}" }, routes: [{ provider: sandbox, model: sandbox-image }] }
`;
const ENV = { PRICE: '0.02' };

describe('the configuration of the administration', () => {
  const sample = { ATELIER_SAMPLE_KEY_PERSONAL: 'sk-sample-personal' };
  const admin = () => createConfigAdmin(store(), sample);

  test('a check names the faults and changes nothing', async () => {
    const before = await store().version();

    expect(await admin().check('models: [{ name: m }]', {})).toEqual(
      expect.arrayContaining([{ path: 'models[0].modality', message: 'must be text, image or video' }]),
    );
    expect(await admin().check(FILE, ENV)).toEqual([]);
    expect(await store().version()).toBe(before);
  });

  test('a file without teams keeps the sample team, a file with faults is refused with all of them', async () => {
    const report = await admin().apply(FILE, ENV);

    expect([...report.created, ...report.unchanged]).toEqual(expect.arrayContaining(['credential sample/personal', 'model ape']));
    expect(await store().findCaller(secrets.describe('sk-sample-personal').hash)).toMatchObject({
      teamName: 'sample',
      credentialClass: 'personal',
    });
    await expect(admin().apply('models: 5', ENV)).rejects.toMatchObject({
      code: 'invalid_value',
      facts: { details: [{ path: 'models', message: 'must be a list' }] },
    });
  });

  test('without a file the sandbox is applied', async () => {
    await store().apply(await loadConfiguration(null, sample));

    const { models, providers } = await store().snapshot();
    expect([...providers.keys()]).toEqual(['sandbox']);
    expect(models.get('sandbox-image-fallback')?.routes.map(({ model }) => model)).toEqual(['sandbox-image-down', 'sandbox-image']);
  });
});

describe('what binds a credential of the file', () => {
  const file = (credential: string, team = '') => `
teams:
  - name: bound
    projects: [{ name: spring }]
    ${team}
    credentials: [{ name: site, class: test, key: "\${KEY}"${credential} }]
`;
  const env = { KEY: 'sk-bound-0123456789' };
  const apply = (text: string) => createConfigAdmin(store(), {}).apply(text, env);
  const caller = () => store().findCaller(secrets.describe(env.KEY).hash);
  const fields =
    ', project: spring, purpose: nightly, expires_at: "2099-01-31T00:00:00Z", ip_allow: ["10.0.0.0/8"], endpoints: [chat], model_tiers: [economy, premium], max_cost_per_request_usd: "0.5", rate: { requests_per_minute: 60, tokens_per_minute: 90000 }';

  test('is applied, and taken away when the file names it no more', async () => {
    const bound = file(fields, 'model_tiers: { test: [economy] }\n    log_bodies: { retention_days: 7 }');
    await apply(bound);
    expect(await caller()).toMatchObject({
      project: { name: 'spring' },
      logBodies: { retentionDays: 7, maxBytes: 262_144, sample: 1 },
      bounds: {
        expiresAt: new Date('2099-01-31T00:00:00Z'),
        ipAllow: ['10.0.0.0/8'],
        endpoints: ['chat'],
        modelTiers: ['economy'],
        maxCostPerRequestMicroUsd: 500_000n,
        rate: { requestsPerMinute: 60, tokensPerMinute: 90_000, concurrent: null },
      },
    });
    expect((await apply(bound)).unchanged).toEqual(expect.arrayContaining(['team bound', 'credential bound/site']));

    await apply(file(''));
    expect(await caller()).toMatchObject({ project: null, bounds: UNBOUND, logBodies: null });
  });

  test('all its faults are told at once', async () => {
    const wrong = file(
      ', project: winter, expires_at: soon, ip_allow: ["10"], endpoints: [chats], max_cost_per_request_usd: 5, rate: { concurrent: 0 }',
      'model_tiers: { boss: [a] }',
    );
    const faults = await createConfigAdmin(store(), {}).check(wrong, env);

    expect(faults.map(({ path }) => path.replace('teams[0].', '')).toSorted()).toEqual([
      'credentials[0].endpoints[0]',
      'credentials[0].expires_at',
      'credentials[0].ip_allow[0]',
      'credentials[0].max_cost_per_request_usd',
      'credentials[0].project',
      'credentials[0].rate.concurrent',
      'model_tiers.boss',
    ]);
  });
});
