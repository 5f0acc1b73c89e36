import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CONFIG } from '../../adapters/config/default-config';
import { cli } from '../cli/support/run-cli';
import { startAtelier, type TestAtelier } from '../support/stack';

const ROOT = join(__dirname, '../..');
let atelier: TestAtelier;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-campaigns-'));
  atelier = await startAtelier({ config: DEFAULT_CONFIG });
}, 120_000);
afterAll(async () => {
  await atelier.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test('the example makes twelve images and twelve videos, then a template, a mended spreadsheet and a ZIP, and says where they lie', async () => {
  const out = join(folder, 'example');
  const run = await runExample({ ATELIER_CALLBACK_SECRET: atelier.callbackSecret, EXAMPLE_OUT: out });

  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('The item "tart" failed (provider_unavailable)');
  expect(run.stdout).toContain(out);
  const files = readdirSync(out);
  expect([files.filter((file) => file.endsWith('.png')).length, files.filter((file) => file.endsWith('.mp4')).length]).toEqual([12, 12]);
  expect(readFileSync(join(out, 'tart.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(run.stdout).toMatch(/line 6, Product: .*\n {3}line 9, Light: .*soft.*bright.*\n {3}Both put right: 12 of 12 rows fit/);
  const images = namesIn(join(out, 'autumn.zip'));
  expect([images.length, images.includes('onion-tart-1.png')]).toEqual([12, true]);
}, 120_000);

test('the example says so when nothing runs', async () => {
  const run = await runExample({ ATELIER_BASE_URL: 'http://127.0.0.1:9/v1', ATELIER_CALLBACK_SECRET: atelier.callbackSecret });

  expect([run.code, run.stdout]).toEqual([1, '']);
  expect(run.stderr).toMatch(/No installation of Atelier runs at .*npm start/);
});

/** The names in a ZIP, as another program reads them. */
function namesIn(zip: string): string[] {
  const script = 'import sys,json,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps(z.namelist()))';
  return JSON.parse(execFileSync('python3', ['-c', script, zip], { encoding: 'utf8' }));
}

function runExample(env: NodeJS.ProcessEnv): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...atelier.env, ...env } };
    execFile(process.execPath, [join(ROOT, 'examples/campaign/run.mjs')], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr });
    });
  });
}

describe('the command line', () => {
  const member = () => ({ ATELIER_BASE_URL: atelier.baseUrl, ATELIER_KEY: atelier.keys.production });
  const items = ['sandbox-image', 'sandbox-image-moderated', 'sandbox-image'].map((model, index) => ({
    key: `sku/${index + 1}`,
    model,
    input: { prompt: `Image ${index + 1}` },
  }));

  test('creates a campaign, watches it, shows what failed and saves the rest', async () => {
    const file = join(folder, 'items.jsonl');
    writeFileSync(file, items.map((item) => JSON.stringify(item)).join('\r\n'));
    const created = await cli(
      ['campaigns', 'create', file, '--type', 'image', '--output', 'size=256x256', '--name', 'cli', '--json', '--watch'],
      {
        env: member(),
      },
    );
    const campaign = created.json();

    expect([created.code, campaign.status, campaign.name]).toEqual([1, 'completed', 'cli']);
    expect(campaign.counts).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
    expect(created.stderr).toMatch(/3 of 3 done, 1 failed/);

    const failed = await cli(['campaigns', 'items', campaign.id, '--status', 'failed'], { env: member() });
    expect(failed.stdout).toMatch(/sku\/2 .*content_policy_violation/);

    const out = join(folder, 'results');
    const first = await cli(['campaigns', 'results', campaign.id, '--out', out, '--json'], { env: member() });
    expect(first.json()).toMatchObject({ saved: 2, kept: 0, failed: 0 });
    expect(readdirSync(join(out, 'files')).sort()).toEqual(['0001-sku_1.png', '0003-sku_3.png']);
    writeFileSync(join(out, 'files', '0001-sku_1.png'), 'half a fi');
    const second = await cli(['campaigns', 'results', campaign.id, '--out', out, '--json'], { env: member() });
    expect(second.json()).toMatchObject({ saved: 1, kept: 1, failed: 0 });
    const manifest = readFileSync(join(out, 'manifest.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(manifest.map(({ key, status, files }) => [key, status, files.length])).toEqual([
      ['sku/1', 'succeeded', 1],
      ['sku/2', 'failed', 0],
      ['sku/3', 'succeeded', 1],
    ]);
    expect(readFileSync(join(out, 'manifest.csv'), 'utf8').split('\r\n')).toHaveLength(5);
  }, 90_000);

  test('saves items whatever their keys are: long names are cut by bytes and none overwrites another, no cell of the manifest is a formula', async () => {
    const long = '猫'.repeat(90);
    const keys = ['=HYPERLINK("http://evil.example","x")', '@SUM(1+1)', `${long}a`, `${long}b`, '../../up', 'CON', '-1+1'];
    const file = join(folder, 'keys.jsonl');
    writeFileSync(file, keys.map((key) => JSON.stringify({ key, input: { prompt: key } })).join('\n'));
    const flags = ['--type', 'image', '--model', 'sandbox-image', '--output', 'size=64x64'];
    const { id } = (await cli(['campaigns', 'create', file, ...flags, '--json', '--watch'], { env: member() })).json();
    const out = join(folder, 'keys');
    const results = await cli(['campaigns', 'results', id, '--out', out, '--json'], { env: member() });
    const again = await cli(['campaigns', 'results', id, '--out', out, '--json'], { env: member() });

    expect(results.json()).toMatchObject({ saved: keys.length, kept: 0, failed: 0 });
    expect(again.json()).toMatchObject({ saved: 0, kept: keys.length, failed: 0 });
    const files = readdirSync(join(out, 'files')).sort();
    expect(files).toHaveLength(keys.length);
    expect(Math.max(...files.map((name) => Buffer.byteLength(name)))).toBeLessThanOrEqual(255);
    expect(files[2]).toMatch(/^0003-猫+\.png$/);
    const rows = readFileSync(join(out, 'manifest.csv'), 'utf8').split('\r\n').slice(1);
    expect(rows.slice(0, 2).map((row) => row.slice(0, 20))).toEqual([`1,"'=HYPERLINK(""htt`, `2,"'@SUM(1+1)",succe`]);
    expect(rows[6]).toMatch(/^7,"'-1\+1",succeeded/);
  }, 90_000);

  test('a draft is changed, started, retried and listed', async () => {
    const file = join(folder, 'campaign.yaml');
    writeFileSync(
      file,
      'name: yaml\ndefaults: { type: text, model: sandbox-text }\nitems:\n  - { key: a, input: { prompt: Hello } }\n  - { key: b, input: { prompt: Hi } }\n',
    );
    const draft = (await cli(['campaigns', 'create', file, '--draft', '--json'], { env: member() })).json();
    const set = await cli(['campaigns', 'set', draft.id, '--concurrency', '2', '--budget', '1.5', '--json'], { env: member() });
    const started = await cli(['campaigns', 'start', draft.id], { env: member() });
    const watched = await cli(['campaigns', 'watch', draft.id, '--json'], { env: member() });
    const again = await cli(['campaigns', 'start', draft.id], { env: member() });
    const retried = await cli(['campaigns', 'retry', draft.id, '--keys', 'a'], { env: member() });
    const listed = await cli(['campaigns', 'list', '--limit', '1'], { env: member() });
    const out = join(folder, 'texts');
    const results = await cli(['campaigns', 'results', draft.id, '--out', out], { env: member() });

    expect(draft.status).toBe('draft');
    expect(set.json()).toMatchObject({ concurrency: 2, budget: { max_cost_usd: '1.5' } });
    expect([started.code, watched.code, again.code, retried.code, results.code]).toEqual([0, 0, 1, 1, 0]);
    expect(watched.json()).toMatchObject({ status: 'completed', counts: { succeeded: 2 } });
    expect(again.stderr).toMatch(/completed and cannot be started/);
    expect(retried.stderr).toMatch(/"a" succeeded/);
    expect(listed.stdout).toContain(draft.id);
    expect(readFileSync(join(out, 'files', '0001-a.txt'), 'utf8').length).toBeGreaterThan(0);
  }, 90_000);

  test('a file with faults names the items, and nothing is sent twice', async () => {
    const file = join(folder, 'bad.json');
    writeFileSync(
      file,
      JSON.stringify({ defaults: { type: 'image', model: 'sandbox-image' }, items: [{ input: { prompt: 'x' } }, { key: 'bad' }] }),
    );
    const bad = await cli(['campaigns', 'create', file], { env: member() });
    const missing = await cli(['campaigns', 'create', join(folder, 'nothing.jsonl')], { env: member() });

    expect([bad.code, missing.code]).toEqual([1, 1]);
    expect(bad.stderr).toMatch(/item 2 \(bad, input\)/);
    expect(missing.stderr).toMatch(/cannot be read \(ENOENT\)/);
  });
});
