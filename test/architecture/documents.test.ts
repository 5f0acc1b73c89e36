import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkConfig } from '../../adapters/config/file';
import { SETTINGS_VARIABLES } from '../../adapters/config/settings';
import { ERRORS } from '../../domain/errors';
import { envNames } from './compose-file';
import { ROOT, readText } from './support';

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
const docs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);

/** Targets of the relative links of a page, without their anchors. */
function links(page: string): readonly string[] {
  const targets = [...readText(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => !/^(https?:|mailto:|#)/.test(target)).map((target) => target.replace(/#.*$/, ''));
}

describe('docs/errors.md', () => {
  const sections = readText('docs/errors.md').split(/^## /m).slice(1);

  test('has a heading for each error code, and no other', () => {
    const headings = sections.map((section) => /^`(\w+)`/.exec(section)?.[1]);

    expect([...headings].sort()).toEqual(Object.keys(ERRORS).sort());
  });

  test('says for each code what happened, what to do, and the status it has', () => {
    for (const [code, policy] of Object.entries(ERRORS)) {
      const section = sections.find((text) => text.startsWith(`\`${code}\``)) ?? '';
      expect(section).toContain('**What happened.**');
      expect(section).toContain('**What to do.**');
      expect(section.split('\n')[0]).toBe(`\`${code}\` · ${String(policy.status)}`);
    }
  });
});

describe('environment variables', () => {
  test('.env.example lists exactly those the settings know', () => {
    expect([...envNames('.env.example')].sort()).toEqual([...SETTINGS_VARIABLES].sort());
  });

  test('docs/configuration.md explains each one, and no other of ours', () => {
    const explained = [...readText('docs/configuration.md').matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map((match) => match[1] ?? '');

    expect(explained.filter((name) => !name.startsWith('TEMPORAL_')).sort()).toEqual([...SETTINGS_VARIABLES].sort());
  });
});

describe('docs/tour.yaml', () => {
  test('is a configuration that is accepted', () => {
    expect(checkConfig(readText('docs/tour.yaml'), { TOUR_KEY: 'tour-0123456789abcdef' }).faults).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  test('shows a configuration that is accepted', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(readText('docs/configuration.md'))?.[1] ?? '';
    const values = { OPENAI_API_KEY: 'sk-0123456789abcdef', STUDIO_SITE_KEY: 'studio-0123456789abcdef' };

    expect(yaml).not.toBe('');
    expect(checkConfig(yaml, values).faults).toEqual([]);
  });
});

describe('docs/providers.md', () => {
  const table = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['scripts/provider-table.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });
  const folder = mkdtempSync(path.join(tmpdir(), 'atelier-table-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has the cells whose tests exist, and no other', () => {
    const run = table('--check');

    expect(`${run.stdout}${run.stderr}`).toBe('');
    expect(run.status).toBe(0);
  });

  test('is out of date when a cell is missing from it', () => {
    const page = path.join(folder, 'providers.md');
    writeFileSync(page, readText('docs/providers.md').replace('[✓](providers/kling.md)', '–'));

    expect(table('--check', '--page', page)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('npm run docs:providers') as string,
    });
  });

  const gaps = readText('scripts/lib/provider-gaps.mjs');
  test.each([
    [
      'has no reason',
      gaps.replace("none: ['audio'], unshown: ['reconcile']", "none: ['audio']"),
      'gemini: reconcile: has no test, and no reason',
    ],
    [
      'has a reason though a test proves it',
      gaps.replace("'seed', 'cancel'] },\n  luma", "'seed', 'cancel', 'webhook'] },\n  luma"),
      'kling: webhook: has a reason',
    ],
    ['is none of the table', gaps.replace('kling: { none: [', "kling: { none: ['smell', "), 'kling: smell: there is no such cell'],
  ])('is not made when an empty cell %s', (_what, planted, fault) => {
    const file = path.join(folder, 'gaps.mjs');
    writeFileSync(file, planted);

    expect(planted).not.toBe(gaps);
    expect(table('--check', '--gaps', file)).toMatchObject({ status: 1, stderr: expect.stringContaining(fault) as string });
  });

  test('is not written while a test that it rests on fails', () => {
    const [results, page] = [path.join(folder, 'jest.json'), path.join(folder, 'new.md')];
    const title = 'supports: kling: cancel: a test that failed';
    const name = path.join(ROOT, 'test/provider/kling.test.ts');
    writeFileSync(results, JSON.stringify({ testResults: [{ name, assertionResults: [{ title, status: 'failed' }] }] }));
    const run = table('--from', results, '--page', page);

    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`did not pass: test/provider/kling.test.ts: ${title}`);
    expect(run.stderr).toContain('was not run: test/provider/fal.test.ts: supports: fal: cancel');
    expect(existsSync(page)).toBe(false);
  });
});

describe('pages', () => {
  test.each([...PAGES, ...docs])('%s links only to files that exist', (page) => {
    const missing = links(page).filter((target) => !existsSync(path.join(ROOT, path.dirname(page), target)));

    expect(missing).toEqual([]);
  });

  test('every npm command that a page names exists', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    const named = [...PAGES, ...docs].flatMap((page) => [...readText(page).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? ''));

    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('the changelog has a place for the next change', () => {
    expect(readText('CHANGELOG.md')).toMatch(/^## \[Unreleased\]$/m);
  });

  test('the import graph of ARCHITECTURE.md is up to date', () => {
    const run = spawnSync(process.execPath, ['scripts/print-import-graph.mjs', '--check'], { cwd: ROOT, encoding: 'utf8' });

    expect(`${run.stdout}${run.stderr}`).toBe('');
    expect(run.status).toBe(0);
  });
});
