import { cpSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

const TESTS = join(__dirname, '..');

/**
 * Copies the logs of an installation that is about to be removed to `ATELIER_TEST_KEEP_LOGS`, into a folder for the test file, when that is
 * set: `.ci/run` shows those of files that failed.
 */
export function keepLogs(logs: string, name: string): void {
  const kept = process.env['ATELIER_TEST_KEEP_LOGS'];
  if (kept === undefined || kept === '') return;
  const file = expect.getState().testPath;
  const folder = file === undefined ? 'elsewhere' : folderOf(relative(TESTS, file));
  try {
    cpSync(logs, join(kept, folder, basename(name)), { recursive: true });
  } catch (error) {
    // What is to be looked at later must not fail the test.
    process.stderr.write(`The logs in ${logs} could not be kept: ${String(error)}\n`);
  }
}

/** As scripts/failed-logs.mjs names it too. */
function folderOf(file: string): string {
  return file.replace(/\.test\.ts$/, '').replaceAll(/[\\/]/g, '-');
}
