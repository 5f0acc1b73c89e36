import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');

/**
 * Brings dist/ up to date for tests that start real processes; nothing to do after `npm test` has built.
 * `ATELIER_TEST_BUILD=never` takes dist/ as it is.
 */
export async function ensureBuilt(): Promise<void> {
  if (process.env['ATELIER_TEST_BUILD'] === 'never') return;
  await run(process.execPath, [join(ROOT, 'scripts', 'prepare.mjs'), '--allow-failed-build'], { cwd: ROOT });
}
