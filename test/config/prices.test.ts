import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig, parseConfig } from '../../adapters/config/file';
import { catalogueCost, catalogueRow, readPriceCatalogue } from '../../adapters/config/price-catalogue';
import { dearestPrice } from '../../domain/money/dearest-price';
import { imagePriceEach, secondPriceEach } from '../../domain/money/price-rows';
import { shutdownWarning } from '../../domain/provider/shutdown';

/** prices/*.json and what a model takes from them. */
const ROOT = join(__dirname, '..', '..');
const KINDS = 'openai anthropic gemini vertex ark dashscope kling minimax runway fal replicate luma bfl xai'.split(' ');
const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'atelier-prices-'));
  folders.push(made);
  return made;
};
afterAll(() => folders.forEach((made) => rmSync(made, { recursive: true })));

const ENV = { KEY: 'sk-provider-secret' };
const file = (price: string, routes: string, modality = 'video', more = '') => `
providers:
  - { name: direct, kind: openai, api_key: "\${KEY}" }
  - { name: reseller, kind: fal, api_key: "\${KEY}" }
  - { name: sandbox, kind: sandbox }
models:
  - { name: m, modality: ${modality}, price: ${price}, routes: [${routes}]${more} }
`;
const model = (...words: Parameters<typeof file>) => {
  const [found] = parseConfig(file(...words), ENV).models;
  if (found === undefined) throw new Error('no model');
  return found;
};
const SEEDANCE = '{ provider: reseller, model: bytedance/seedance-2.0/text-to-video }';
const H3 = '{ provider: reseller, model: minimax/h3/text-to-video }';

test('every shipped price is of a kind that we know, can be charged, has a source and a date, and is there once', () => {
  const rows = readPriceCatalogue(join(ROOT, 'prices'));

  expect(rows.size).toBeGreaterThan(200);
  for (const [key, row] of rows) {
    const [kind, model = ''] = JSON.parse(key) as string[];
    expect(KINDS).toContain(kind);
    expect(row.price.kind === 'free').toBe(model.startsWith('omni-moderation'));
    expect(row.asOf > (row.shutdownDate ?? '9999')).toBe(false);
  }
  const dearestToken = Math.max(...[...rows.values()].map(({ price }) => (price.kind === 'per_token' ? Number(price.output) / 1e12 : 0)));
  // 500 USD per million would be a misplaced point.
  expect(dearestToken).toBeLessThan(0.0005);
});

test.each([
  ['twice', [{}, {}], 'twice'],
  ['in a number instead of text', [{ price: { per_second_usd: 0.05 } }], '[0].price.per_second_usd: must be a decimal string'],
  ['finer than money is counted', [{ price: { per_second_usd: '0.0000000000001' } }], 'at most 12 decimal places'],
  ['for another modality', [{ modality: 'image' }], 'does not price image'],
  ['of a day that is none', [{ as_of: '2026-02-30' }], '[0].as_of: must be a date'],
  ['without a source', [{ source: '' }], '[0].source'],
])('a price file with a row %s is refused, and the message says where', (_name, rows, fault) => {
  const place = folder();
  const row = { kind: 'acme', model: 'm', modality: 'video', price: { per_second_usd: '0.05' }, source: 's', as_of: '2026-11-24' };
  writeFileSync(join(place, 'acme.json'), JSON.stringify(rows.map((change) => ({ ...row, ...change }))));

  expect(() => readPriceCatalogue(place)).toThrow(fault);
});

test('price: catalogue takes the row of the one route, with its source, date and shutdown; a price in the file wins', () => {
  expect(model('catalogue', '{ provider: direct, model: gpt-5-mini }', 'text')).toMatchObject({
    price: { kind: 'per_token', input: 250_000n, cachedInput: 25_000n, output: 2_000_000n },
    routes: [{ cost: { kind: 'per_token', input: 250_000n } }],
    notes: { source: expect.stringContaining('LiteLLM'), asOf: '2026-11-24', shutdownDate: '2026-12-11' },
  });
  expect(
    model(
      '{ input_per_1m_usd: "9" }',
      '{ provider: direct, model: gpt-5-mini, cost: { input_per_1m_usd: "1" } }',
      'text',
      ', shutdown_date: "2030-01-01"',
    ),
  ).toMatchObject({
    price: { input: 9_000_000n },
    routes: [{ cost: { input: 1_000_000n } }],
    notes: { source: null, asOf: null, shutdownDate: '2030-01-01' },
  });
});

test('of several routes the dearest counts at every resolution; what calls nothing outside is free; a model ends with its last route', () => {
  const both = model('catalogue', `${SEEDANCE}, ${H3}, { provider: sandbox, model: sandbox-video }`);
  if (both.price?.kind !== 'per_second') throw new Error('not per second');
  const rows = both.price.rows;
  const at = (resolution?: string) => secondPriceEach(rows, resolution === undefined ? {} : { resolution });

  expect([at('480p'), at('768p'), at('2k'), at('4k'), at()]).toEqual([
    134_600_000_000n, // the first's, 0.05 at the second
    303_400_000_000n, // the first has no row for it: its usual price
    303_400_000_000n,
    1_555_200_000_000n,
    303_400_000_000n,
  ]);
  expect(model('catalogue', '{ provider: sandbox, model: sandbox-video }').price).toEqual({ kind: 'free' });
  expect(
    model('free', '{ provider: direct, model: gpt-5-mini }, { provider: direct, model: gpt-4.1 }', 'text').notes.shutdownDate,
  ).toBeNull();
});

test.each([
  ['{ provider: reseller, model: acme/new }', 'video', 'routes[0] (acme/new at reseller, kind fal)'],
  [`${SEEDANCE}, { provider: direct, model: sora-9 }`, 'video', 'routes[1] (sora-9 at direct, kind openai)'],
  [
    '{ provider: direct, model: gpt-5-mini }',
    'image',
    "the catalogue's price for routes[0] (gpt-5-mini at direct, kind openai) is for text",
  ],
])('price: catalogue with %s for %s is a fault that names the route', (routes, modality, fault) => {
  expect(checkConfig(file('catalogue', routes, modality), ENV).faults).toEqual([
    { path: 'models[0].price', message: expect.stringContaining(fault) },
  ]);
});

test('a route takes no catalogue, and a cost of the catalogue that is for another modality is not its cost', () => {
  expect(checkConfig(file('free', '{ provider: direct, model: x, cost: catalogue }'), ENV).faults).toEqual([
    { path: 'models[0].routes[0].cost', message: expect.stringContaining('must be free, or a mapping') },
  ]);
  expect(model('free', '{ provider: direct, model: gpt-5-mini }').routes[0]).not.toHaveProperty('cost');
});

test('the dearest price is nowhere below one of its parts, also where their conditions cross', () => {
  const bySize = {
    kind: 'per_image',
    rows: [
      { size: '2K', quality: null, each: 5n },
      { size: null, quality: null, each: 2n },
    ],
  } as const;
  const byQuality = {
    kind: 'per_image',
    rows: [
      { size: null, quality: 'high', each: 4n },
      { size: null, quality: null, each: 1n },
    ],
  } as const;
  const all = dearestPrice([bySize, byQuality]);
  if (all?.kind !== 'per_image') throw new Error('not per image');

  for (const size of ['2K', '1K', undefined]) {
    for (const quality of ['high', 'low', undefined]) {
      const request = { ...(size === undefined ? {} : { size }), ...(quality === undefined ? {} : { quality }) };
      const parts = [bySize, byQuality].map(({ rows }) => imagePriceEach(rows, request));
      expect(imagePriceEach(all.rows, request)).toBe(parts.reduce((one, other) => (other > one ? other : one)));
    }
  }
  expect(dearestPrice([bySize, { kind: 'per_call', each: 1n }])).toBeNull();
  expect(dearestPrice([{ kind: 'per_call', each: 1n }, { kind: 'free' }, { kind: 'per_call', each: 3n }])).toEqual({
    kind: 'per_call',
    each: 3n,
  });
});

test('the cost of a route at its provider is the row, free for the sandbox, null when nobody knows', () => {
  expect(catalogueCost('runway', 'gen4_turbo')).toEqual({
    kind: 'per_second',
    rows: [{ resolution: null, audio: null, each: 50_000_000_000n }],
  });
  expect(catalogueCost('sandbox', 'anything')).toEqual({ kind: 'free' });
  expect(catalogueCost('fal', 'gpt-5-mini')).toBeNull();
  expect(catalogueRow('fal', 'gpt-5-mini')).toBeUndefined();
});

test('a vendor that ends a model within 30 days is a warning', () => {
  const on = (shutdownDate?: string) =>
    shutdownWarning({ name: 'm', ...(shutdownDate === undefined ? {} : { shutdownDate }) }, new Date('2026-11-28T12:00:00Z'));

  expect([on(), on('2026-12-29'), on('2999-01-01')]).toEqual([null, null, null]);
  expect(on('2026-12-28')).toContain('2026-12-28, in 30 days');
  expect(on('2026-11-29')).toContain('in 1 day.');
  expect(on('2026-11-28')).toContain('today');
  expect(on('2020-01-01')).toContain('since then requests may fail');
});

test('prices:import turns floats into exact decimals, keeps own rows, and reports what it cannot read', () => {
  const place = folder();
  cpSync(join(__dirname, 'fixtures', 'litellm-prices.json'), join(place, 'litellm.json'));
  const into = join(place, 'prices');
  const run = () =>
    execFileSync(
      process.execPath,
      [join(ROOT, 'scripts/prices-import.mjs'), join(place, 'litellm.json'), '--as-of', '2026-11-24', '--into', into],
      {
        encoding: 'utf8',
      },
    );
  const rowsOf = (name: string) =>
    (JSON.parse(readFileSync(join(into, `${name}.json`), 'utf8')) as { model: string; price: unknown }[]).map((row) => [
      row.model,
      row.price,
    ]);

  const report = run();
  expect(rowsOf('openai')).toEqual([
    [
      'gpt-cents',
      {
        input_per_1m_usd: '0.1',
        cached_input_per_1m_usd: '0.006',
        cache_write_input_per_1m_usd: '0.125',
        cache_write_1h_input_per_1m_usd: '0.2',
        output_per_1m_usd: '3',
      },
    ],
    ['gpt-hear', { per_minute_usd: '0.006' }],
    ['gpt-mod', 'free'],
    [
      'gpt-pixels',
      {
        per_image: [
          { size: '1024x1024', quality: 'low', usd: '0.009' },
          { size: '1024x1024', quality: 'high', usd: '0.133' },
          { usd: '0.133' },
        ],
      },
    ],
    ['gpt-say', { input_per_1m_usd: '0.6', output_per_1m_usd: '12' }],
    ['tts-1', { per_1m_characters_usd: '15' }],
  ]);
  expect(rowsOf('fal')).toEqual([
    ['acme/steps', { per_image: [{ size: '1K', usd: '0.08' }, { size: '4K', usd: '0.16' }, { usd: '0.16' }] }],
  ]);
  expect(rowsOf('runway')).toEqual([['gen', { per_second: [{ resolution: '1080p', usd: '0.141942857' }, { usd: '0.05' }] }]]);
  for (const line of [
    'priced by input_cost_per_image, which says no price of an image: fal_ai/acme/odd',
    'shut down already: gpt-old',
    'a price is 0: gemini/gemini-free',
    '5e-14 has more digits than a price can have: deepseek/tiny',
    'not in the format of OpenAI: minimax/say',
    'sound and text cost differently, which a row cannot say: gpt-mixed',
    'Without the higher price of long prompts, which a row cannot say: gpt-cents',
  ]) {
    expect(report).toContain(line);
  }

  const own = {
    kind: 'runway',
    model: 'gen',
    modality: 'video',
    price: { per_second_usd: '9' },
    source: 'our contract',
    as_of: '2026-11-25',
  };
  writeFileSync(join(into, 'runway.json'), JSON.stringify([own]));
  expect(run()).toContain('1 rows of yours kept');
  expect(rowsOf('runway')).toEqual([['gen', { per_second_usd: '9' }]]);
  expect(readdirSync(into).sort()).toEqual(['fal.json', 'openai.json', 'runway.json']);
  expect(readPriceCatalogue(into).size).toBe(8);
});
