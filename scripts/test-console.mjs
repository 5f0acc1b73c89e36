/**
 * `npm run test:console [-- PART [--update]]`: drives the console in Chromium against a whole installation. The browser is the machine's own, or Debian's,
 * installed when this user may; where there is none and none can be had, it says so and ends well: nothing was tested. PART chooses files by
 * their names; `--update` renews the screenshots that pages are compared with.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildConsole } from './lib/console.mjs';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/sources.mjs';
import { stackOf } from './lib/failure.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const PACKAGES = ['chromium', 'fonts-noto-cjk'];

/** @returns {string | null} */
function findBrowser() {
  const given = process.env.ATELIER_CHROMIUM;
  if (given !== undefined && given !== '') return given;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file)) ?? null;
}

/** Null when it is installed, else why it is not. @returns {string | null} */
function installBrowser() {
  if (process.getuid?.() !== 0) return 'installing it needs root';
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return 'there is no apt-get here';
  process.stderr.write(`… installing ${PACKAGES.join(' and ')} (apt-get)\n`);
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], options);
  const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], options);
  return status === 0 ? null : 'apt-get could not install it';
}

const isUpdate = process.argv.includes('--update');
const part = process.argv.slice(2).find((word) => !word.startsWith('--'));

try {
  const fault = findBrowser() === null ? installBrowser() : null;
  const browser = findBrowser();
  if (browser === null) {
    process.stderr.write(
      `SKIPPED: the console was not tested, because there is no Chromium and ${fault ?? 'none was found'}. Install it, or name one in ATELIER_CHROMIUM.\n`,
    );
  } else {
    await prepare();
    const notBuilt = await buildConsole();
    if (notBuilt !== null) throw new Error(`The console could not be built:\n${notBuilt}`);
    const folder = join(root, 'console', 'test', 'browser');
    const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs') && (part === undefined || name.includes(part)));
    const run = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...files.map((name) => join(folder, name))], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ATELIER_CHROMIUM: browser, ...(isUpdate ? { ATELIER_CONSOLE_UPDATE: '1' } : {}) },
    });
    process.exitCode = run.status ?? 1;
  }
} catch (error) {
  process.stderr.write(`${stackOf(error)}\n`);
  process.exitCode = 1;
}
