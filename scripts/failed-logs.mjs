/**
 * Shows why tests failed: the first failure of each file whole, and the ends of the logs of the installations that it had, which are kept.
 *   node scripts/failed-logs.mjs <jest.json> <folder of logs>
 * The folder has a folder for each test file (test/support/kept-logs.ts); those of files that passed are removed.
 */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const SHOWN_LINES = 40;
const [results = '', logs = ''] = process.argv.slice(2);

/** @typedef {{ name: string, status: string, message: string, assertionResults?: { status: string, fullName: string, failureMessages: string[] }[] }} FileResult */

/** @returns {FileResult[]} */
function failedFiles() {
  try {
    /** @type {{ testResults: FileResult[] }} */
    const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
    return testResults.filter((file) => file.status === 'failed');
  } catch {
    // A run that crashed: check-summary says so.
    return [];
  }
}

/** @param {string} file */
function folderOf(file) {
  return file
    .replaceAll('\\', '/')
    .replace(/^.*\/test\//, '')
    .replace(/\.test\.ts$/, '')
    .replaceAll('/', '-');
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const failed = failedFiles();
const kept = new Set(failed.map((file) => folderOf(file.name)));
if (existsSync(logs)) {
  for (const folder of readdirSync(logs)) if (!kept.has(folder)) rmSync(path.join(logs, folder), { recursive: true });
}
for (const file of failed) {
  const first = file.assertionResults?.find((test) => test.status === 'failed');
  console.log(`\n✗ ${file.name}${first === undefined ? '' : `: ${first.fullName}`}`);
  console.log(first?.failureMessages.join('\n') ?? file.message);
  for (const log of filesIn(path.join(logs, folderOf(file.name)))) {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    console.log(`\n--- the end of ${log} (${lines.length} lines) ---\n${lines.slice(-SHOWN_LINES).join('\n')}`);
  }
}
