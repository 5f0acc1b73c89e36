/** `npm run test:upgrade -- REF`: a rolling upgrade from an earlier version to this one, under load. See docs/production.md. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from './lib/say.mjs';
import { root } from './lib/sources.mjs';

const [ref] = process.argv.slice(2);
if (ref === undefined || ref.startsWith('-')) {
  process.stdout.write(
    'npm run test:upgrade -- REF\n' +
      'Builds the version REF (a tag or a commit) with the packages of this one, starts an installation of it with two api and two worker processes,\n' +
      'and replaces it by this version under load (test/e2e/rolling-upgrade.test.ts). Ends with 1 when a request failed.\n',
  );
  process.exit(ref === undefined ? 2 : 0);
}

/** @param {string} program @param {readonly string[]} words @param {import('node:child_process').SpawnSyncOptions} [options] */
function run(program, words, options = {}) {
  const { status, stdout } = spawnSync(program, words, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    maxBuffer: 2 ** 30,
    ...options,
  });
  if (status !== 0) throw new Error(`${program} ${words[0] ?? ''} ended with ${status}.`);
  return stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'atelier-upgrade-'));
try {
  const archive = run('git', ['archive', ref], { stdio: ['ignore', 'pipe', 'inherit'] });
  run('tar', ['-x', '-C', folder], { input: archive, stdio: ['pipe', 'inherit', 'inherit'] });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  say(`building ${ref}`);
  run(process.execPath, [join('scripts', 'build.mjs'), '--without-console'], { cwd: folder });
  run(process.execPath, [join('node_modules', 'jest', 'bin', 'jest.js'), '--forceExit', 'test/e2e/rolling-upgrade'], {
    env: { ...process.env, ATELIER_UPGRADE_FROM: folder },
  });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
