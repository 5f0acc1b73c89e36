import { createConfigAdmin, loadConfiguration } from '../../adapters/config';
import { createDatabase } from '../../adapters/db';
import type { Database } from '../../adapters/db';
import { createCatalogueStore } from '../../adapters/db/catalogue';
import { createSecrets } from '../../adapters/secrets';
import { useDatabase } from '../support/database';

const secrets = createSecrets('8f0d3b5c71e2a4968f0d3b5c71e2a496');
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
  const admin = () => createConfigAdmin((document) => store().apply(document), sample);

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
