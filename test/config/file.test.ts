import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sandbox } from '../../adapters/providers/sandbox';
import { crossCheck } from '../../adapters/config/cross-checks';
import { checkConfig, parseConfig, readConfigFile } from '../../adapters/config/file';
import { loadConfiguration } from '../../adapters/config';

const ENV = { OPENAI_API_KEY: 'sk-provider-secret', STUDIO_SITE_KEY: 'sk-studio-site-key', STUDIO_TEST_KEY: 'sk-studio-test-key' };

/** The example of the documentation. */
const EXAMPLE = `
providers:
  - { name: openai-main, kind: openai, base_url: "https://api.openai.com/v1/", api_key: "\${OPENAI_API_KEY}" }
  - { name: sandbox, kind: sandbox }
models:
  - name: gpt-5-mini
    modality: text                      # text | image | video
    tier: economy
    price: { input_per_1m_usd: "0.25", cached_input_per_1m_usd: "0.025", output_per_1m_usd: "2.00" }
    routes:
      - { provider: openai-main, model: gpt-5-mini, priority: 10, weight: 1 }
      - { provider: sandbox, model: sandbox-text, priority: 0 }
teams:
  - name: studio
    budget_usd: { total: "500", monthly: "200" }
    class_budgets_usd: { test: "20" }
    credentials:
      - { name: site, class: production, key: "\${STUDIO_SITE_KEY}", limit_usd: "100", models: ["*"] }
`;

/** A file of one model with these options. */
const oneModel = (options: string) => `
providers: [{ name: sandbox, kind: sandbox }]
models:
  - name: m
    routes: [{ provider: sandbox, model: sandbox-text }]
${options
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
`;

const faults = (yaml: string, env: Record<string, string> = ENV) =>
  checkConfig(yaml, env).faults.map(({ path, message }) => `${path}: ${message}`);
const price = (modality: string, text: string) => parseConfig(oneModel(`modality: ${modality}\nprice: ${text}`), ENV).models[0]?.price;

test('the documented example is read with its defaults', () => {
  const { providers, models, teams } = parseConfig(EXAMPLE, ENV);

  expect(providers[0]).toEqual({
    name: 'openai-main',
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    secrets: { api_key: 'sk-provider-secret' },
    options: {},
    headers: {},
    honoursIdempotencyKey: false,
    unknownOutcome: null,
    maxConcurrency: 16,
  });
  expect(models[0]).toMatchObject({
    price: { kind: 'per_token', input: 250_000n, cachedInput: 25_000n, output: 2_000_000n },
    routes: [
      { provider: 'openai-main', model: 'gpt-5-mini', priority: 10, weight: 1 },
      { provider: 'sandbox', model: 'sandbox-text', priority: 0, weight: 1 },
    ],
    maxOutputTokens: 4096,
    callsPerRoute: 2,
    timeouts: { firstByteMs: 30_000, wholeFirstByteMs: 600_000, idleMs: 120_000, submitMs: 60_000, totalMs: 600_000 },
  });
  expect(teams[0]).toMatchObject({
    budget: { limits: { total: 500_000_000n, monthly: 200_000_000n } },
    classBudgets: { test: { limits: { total: 20_000_000n } } },
    timeZone: 'UTC',
    credentials: [{ name: 'site', class: 'production', key: 'sk-studio-site-key', limits: { total: 100_000_000n }, models: ['*'] }],
  });
});

test('the shipped example file is right and its prices say where they were read', () => {
  const yaml = readFileSync(join(__dirname, '..', '..', 'config', 'example.yaml'), 'utf8');
  const env = Object.fromEntries(
    [...yaml.matchAll(/\$\{(\w+)\}/g)].map((match, index) => [match[1] ?? '', `key-number-${index}-of-the-example`]),
  );
  env['STUDIO_CALLBACK_SECRET'] = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const { models } = parseConfig(yaml, env);

  expect(models.length).toBeGreaterThan(20);
  const priced = models.filter((model) => model.price !== null && model.price.kind !== 'free');
  expect(priced.filter((model) => model.notes.source === null || model.notes.asOf === null)).toEqual([]);
});

test('all faults of a file are reported at once, each with its path', () => {
  const yaml = `
providers:
  - { name: a, kind: openai, base_url: "ftp://a.example", api_key: "\${MISSING_KEY}" }
  - { name: a, kind: sandbox, colour: red }
models:
  - { name: m, modality: sound, routes: [] }
  - name: n
    modality: text
    price: { input_per_1m_usd: 0.25, output_per_1m_usd: "cheap" }
    routes: [{ provider: nobody, model: x }]
teams:
  - name: t
    budget_usd: { total: "-5" }
    credentials:
      - { name: c, class: boss, key: sk-written-in-clear, models: [unknown-model] }
`;

  expect(faults(yaml).sort()).toEqual(
    [
      'models[0].modality: must be text, image or video',
      'models[0].routes: needs at least one route',
      'models[1].price.input_per_1m_usd: must be a decimal string in quotes, such as "0.25", with at most 6 decimal places',
      'models[1].price.output_per_1m_usd: must be a decimal string in quotes, such as "0.25", with at most 6 decimal places',
      'models[1].routes[0].provider: names a provider that is not in this file',
      'providers[0].api_key: needs the environment variable MISSING_KEY, which is not set or empty',
      'providers[0].base_url: must be an http:// or https:// URL without a user or password',
      'providers[1].colour: is not a known option here',
      'providers[1].name: is the name of providers[0] already',
      'teams[0].budget_usd.total: must be a decimal string in quotes, such as "20" or "0.5", with at most 6 decimal places',
      'teams[0].credentials[0].class: must be production, test, script or personal',
      'teams[0].credentials[0].key: is a secret and must come from the environment: write key: "${SOME_VARIABLE}"',
      'teams[0].credentials[0].models[0]: names a model that is not in this file',
    ].sort(),
  );
});

test('no message quotes a secret, wherever it was written', () => {
  const secret = 'sk-very-secret-value';
  const yaml = `
providers:
  - { name: a, kind: openai, base_url: "\${S}", api_key: ${secret}, headers: { authorization: "Bearer ${secret}" } }
models:
  - { name: m, modality: text, price: { input_per_1m_usd: "\${S}" }, tier: ["${secret}"], routes: [{ provider: a, model: x, priority: ${secret} }] }
teams:
  - { name: t, callback_secret: "\${S}", budget_usd: { total: "\${S}" }, credentials: [{ name: c, class: "\${S}", key: ${secret} }] }
`;
  const outcome = checkConfig(yaml, { S: secret });

  expect(outcome.faults.length).toBeGreaterThanOrEqual(9);
  expect(JSON.stringify(outcome.faults)).not.toContain(secret);
  expect(() => parseConfig(yaml, { S: secret })).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
});

test.each([
  ['a repeated key', 'providers: []\nproviders: []', 'line 2, column 1: the same key is given twice in one mapping'],
  ['a tab as indentation', 'providers:\n\t- { name: a }', 'line 2, column 1: is indented with a tab; YAML takes spaces only'],
  ['an alias', 'providers: &a []\nmodels: *a', 'line 2, column 9: uses a YAML alias (*name); write the value out'],
  ['an empty file', '# nothing\n', '(file): is empty: providers and models are required'],
  ['a list', '- a', '(file): must be a mapping with providers, models and teams'],
  ['two documents', 'providers: []\n---\nproviders: []', expect.stringMatching(/^line 2, column 1: starts a second YAML document/)],
  ['a wrong indentation', 'providers:\n  - name: a\n kind: sandbox', expect.stringMatching(/^line 3, column \d+: /)],
  ['a missing bracket', 'providers: [{ name: a, kind: sandbox }', expect.stringMatching(/^line 1, column \d+: .*bracket/)],
])('%s is named with its line', (_what, yaml, expected) => {
  expect(faults(yaml)[0]).toEqual(expected);
});

test('nested aliases are refused before they are written out', () => {
  const levels = Array.from({ length: 30 }, (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]`);
  const started = performance.now();

  expect(faults(`l0: &l0 [x]\n${levels.join('\n')}`)[0]).toContain('uses a YAML alias');
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('a value from the environment never becomes syntax or another reference', () => {
  const yaml = oneModel('modality: text\nprice: free\ntier: "${TIER}"');
  const { models } = parseConfig(yaml, { TIER: '"}]\nteams: ${HOME}' });

  expect(models[0]?.tier).toBe('"}]\nteams: ${HOME}');
});

test('headers that carry keys must be references, others may stand in clear', () => {
  const yaml = (value: string) =>
    `providers: [{ name: a, kind: openai, base_url: "http://localhost:1", headers: { X-Title: studio, Authorization: "${value}" } }]`;

  expect(parseConfig(yaml('Bearer ${OPENAI_API_KEY}'), ENV).providers[0]?.headers).toEqual({
    'X-Title': 'studio',
    Authorization: 'Bearer sk-provider-secret',
  });
  expect(faults(yaml('Bearer abc'))[0]).toMatch(/^providers\[0\]\.headers\.Authorization: is a secret/);
});

test('one key for two credentials is a fault that names both places', () => {
  const yaml = EXAMPLE + '      - { name: other, class: test, key: "${STUDIO_SITE_KEY}" }\n';

  expect(faults(yaml)).toEqual([
    'teams[0].credentials[1].key: is the key of teams[0].credentials[0] already; each credential needs its own',
  ]);
});

test('prices of each kind are read exactly', () => {
  expect(price('text', 'free')).toEqual({ kind: 'free' });
  expect(price('text', '{ input_per_1m_usd: "0.1" }')).toEqual({ kind: 'per_token', input: 100_000n, cachedInput: 100_000n, output: 0n });
  expect(price('video', '{ per_call_usd: "0.000000000001" }')).toEqual({ kind: 'per_call', each: 1n });
  expect(price('image', '{ per_image_usd: "0.02" }')).toEqual({
    kind: 'per_image',
    rows: [{ size: null, quality: null, each: 20_000_000_000n }],
  });
  expect(price('video', '{ per_second: [{ resolution: 720p, audio: true, usd: "0.4" }] }')).toEqual({
    kind: 'per_second',
    rows: [{ resolution: '720p', audio: true, each: 400_000_000_000n }],
  });
});

test('the default row comes last wherever it stands in the file', () => {
  const read = price('image', '{ per_image: [{ usd: "9" }, { size: 1024x1024, usd: "2" }, { size: 1024x1024, quality: high, usd: "1" }] }');

  expect(read).toMatchObject({ rows: [{ quality: 'high' }, { size: '1024x1024', quality: null }, { size: null, quality: null }] });
});

test('a model without a price is read and stays without one', () => {
  expect(parseConfig(oneModel('modality: image'), ENV).models[0]?.price).toBeNull();
});

test.each([
  ['image', '{ per_image: [{ size: 1024x1024, usd: "1" }] }', 'price.per_image: needs a default row'],
  ['image', '{ per_image: [{ usd: "1" }, { usd: "2" }] }', 'price.per_image[1]: has the same conditions as an earlier row'],
  ['image', '{ per_second_usd: "1" }', 'price.per_second_usd: does not price image'],
  ['video', '{ input_per_1m_usd: "1" }', 'price.input_per_1m_usd: does not price video'],
  ['text', '{ output_per_1m_usd: "1" }', 'price.input_per_1m_usd: is required'],
  ['text', '{ input_per_1m_usd: "1", per_call_usd: "1" }', 'price: mixes'],
  ['text', '{}', 'price: is empty'],
  ['text', 'cheap', 'price: must be free, catalogue, or a mapping'],
  ['text', '{ input_per_1m_usd: "0.0000001" }', 'price.input_per_1m_usd: must be a decimal string'],
  ['text', '{ input_per_1m_usd: "1", colour: red }', 'price.colour: is not a known option here'],
])('a price of %s %s is refused', (modality, text, message) => {
  expect(faults(oneModel(`modality: ${modality}\nprice: ${text}`))).toEqual([expect.stringContaining(`models[0].${message}`)]);
});

test('media models have the patience of media', () => {
  expect(parseConfig(oneModel('modality: video\ntimeouts: { submit_ms: 5 }'), ENV).models[0]?.timeouts).toMatchObject({
    submitMs: 5,
    totalMs: 3_600_000,
  });
});

test('answers that come whole have as long for their first byte as in all, unless the file says otherwise', () => {
  const timeoutsOf = (text: string) => parseConfig(oneModel(`modality: text\ntimeouts: ${text}`), ENV).models[0]?.timeouts;

  expect(timeoutsOf('{ total_ms: 90000, idle_ms: 7 }')).toMatchObject({ firstByteMs: 30_000, wholeFirstByteMs: 90_000, idleMs: 7 });
  expect(timeoutsOf('{ first_byte_ms: 5 }')).toMatchObject({ firstByteMs: 5, wholeFirstByteMs: 5, idleMs: 120_000, totalMs: 600_000 });
});

test('capabilities keep false and 0 and leave out what is not said', () => {
  const yaml = oneModel('modality: video\ncapabilities: { audio: false, max_input_images: 0, sizes: [1280x720] }');

  expect(parseConfig(yaml, ENV).models[0]?.capabilities).toEqual({ audio: false, maxInputImages: 0, sizes: ['1280x720'] });
});

test('a file that cannot be read is one clear sentence', async () => {
  await expect(readConfigFile('/nowhere/atelier.yaml', {})).rejects.toMatchObject({
    code: 'not_found',
    message: 'The configuration file /nowhere/atelier.yaml cannot be read (ENOENT). Set ATELIER_CONFIG to a YAML file.',
  });
});

describe('without a configuration file', () => {
  const sample = { ATELIER_SAMPLE_KEY_PRODUCTION: 'sk-sample-production', ATELIER_SAMPLE_KEY_TEST: 'sk-sample-test' };

  test('the sandbox models are there, free, with fallbacks to look at', async () => {
    const { models, teams } = await loadConfiguration(null, {});

    expect(models.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['sandbox-text', 'sandbox-image', 'sandbox-video', 'sandbox-video-lost', 'sandbox-text-fallback']),
    );
    expect(models.filter((model) => model.price?.kind !== 'free')).toEqual([]);
    expect(teams).toEqual([]);
  });

  test('the sample team has the keys that the environment brings', async () => {
    const { teams } = await loadConfiguration(null, sample);

    expect(teams).toMatchObject([
      { name: 'sample', callbackSecret: null, credentials: [{ name: 'production' }, { name: 'test', class: 'test' }] },
    ]);
  });
});

test('a route to a kind of provider that makes no such models is a fault', () => {
  const painter = { ...sandbox, kind: 'painter', modalities: ['image'] } as const;
  const file = {
    providers: [{ name: 'easel', kind: 'painter' }],
    models: [
      { name: 'm', modality: 'video', routes: [{ provider: 'easel', model: 'm' }] },
      { name: 'i', modality: 'image', routes: [{ provider: 'easel', model: 'i' }] },
    ],
  };
  expect(crossCheck(file, [painter])).toEqual([
    { path: 'models[0].routes[0].provider', message: 'is of kind painter, which serves no video models, only image' },
  ]);
});

test('a provider of a kind with a public address needs no base_url', () => {
  const { providers } = parseConfig('providers: [{ name: a, kind: openai, api_key: "${OPENAI_API_KEY}" }]', ENV);
  expect(providers[0]).toMatchObject({ baseUrl: 'https://api.openai.com/v1', options: {} });
});
