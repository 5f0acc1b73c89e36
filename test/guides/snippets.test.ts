import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CONFIG } from '../../adapters/config/default-config';
import { pythonSdk } from '../e2e/support/python-sdk';
import { startInstallation, type TestInstallation } from '../support/installation';
import { importedFrom } from './support/import-links';
import { guidesIn, readGuide, snippetsOf, type Snippet } from './support/pages';
import { canRun, runPage, type Place } from './support/run-page';

/** The Chinese guides have the same code: test/guides/pages.test.ts. */
const LANGUAGE = 'en';
const isAccountedFor = ({ runs, file, skip, check }: Snippet): boolean => runs || file !== null || skip !== null || check !== null;

let installation: TestInstallation | undefined;
let place: Place | undefined;
const backups = mkdtempSync(join(tmpdir(), 'atelier-guide-backups-'));
const counted = { run: 0, skipped: 0, leftOut: 0 };
/** Guides whose import links were decoded. */
const links: string[] = [];

beforeAll(async () => {
  installation = await startInstallation({ config: DEFAULT_CONFIG, environment: { ATELIER_BACKUP_TO: backups } });
  place = {
    origin: installation.origin,
    home: installation.home,
    adminKey: installation.adminKey,
    key: installation.keys.production,
    python: process.env['ATELIER_SKIP_PYTHON_SDK'] === '1' ? null : await pythonSdk(),
    hasGo: spawnSync('go', ['version']).status === 0,
  };
}, 180_000);

afterAll(async () => {
  process.stderr.write(
    `guides: ${String(counted.run)} snippets run, ${String(counted.skipped)} say why they are not, ${String(counted.leftOut)} left out as their language is not on this machine\n`,
  );
  await installation?.stop();
  rmSync(backups, { recursive: true, force: true });
}, 90_000);

test.each(guidesIn(LANGUAGE))(
  'the snippets of %s do what the page says',
  async (slug) => {
    if (place === undefined) throw new Error('There is no installation.');
    const on = place;
    const snippets = snippetsOf(readGuide(LANGUAGE, slug));

    expect(snippets.filter((each) => !isAccountedFor(each)).map(({ line }) => line)).toEqual([]);
    const ran = await runPage(snippets, on);
    for (const { line, code, output } of ran) {
      const wanted = snippets.find((each) => each.line === line)?.expect ?? '';
      expect({ line, code, output: code === 0 && output.includes(wanted) ? wanted : output }).toEqual({ line, code: 0, output: wanted });
    }
    for (const { output } of ran) {
      for (const { baseUrl, apiKey } of importedFrom(output)) {
        links.push(slug);
        expect([on.origin, `${on.origin}/v1`]).toContain(baseUrl);
        expect(apiKey).toBe(on.key);
      }
    }
    counted.run += ran.length;
    counted.leftOut += snippets.filter((each) => each.runs && !canRun(each, on)).length;
    counted.skipped += snippets.filter(({ skip }) => skip !== null).length;
  },
  420_000,
);

test('the import links of four clients were decoded to this address and this key', () => {
  expect(links.sort()).toEqual(['chatbox', 'cherry-studio', 'claude-code', 'nextchat']);
});
