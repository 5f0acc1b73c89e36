/**
 * Closes a run of the suite: prints `N passed, N failed` and ends with 1 unless everything passed.
 *   node scripts/check-summary.mjs <folder of results> <exit code of what ran>
 * The folder holds gates.json (scripts/check-all.mjs) and jest.json (jest --json). What is missing or unreadable counts as
 * failed: a run that crashed must never read as passed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const [folder = '.', exitCode = '1'] = process.argv.slice(2);

/** @param {string} name */
function read(name) {
  try {
    return JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  } catch {
    console.error(`No readable ${name}: that part of the run did not finish.`);
    return null;
  }
}

/** @param {readonly { ok: boolean }[] | null} outcomes */
function countGates(outcomes) {
  if (!Array.isArray(outcomes) || outcomes.length === 0) return { passed: 0, failed: 1 };
  const passed = outcomes.filter((outcome) => outcome.ok === true).length;
  return { passed, failed: outcomes.length - passed };
}

/** @param {Record<string, unknown> & { numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number } | null} result */
function countTests(result) {
  if (result === null || typeof result.numPassedTests !== 'number' || result.numTotalTests === 0) return { passed: 0, failed: 1 };
  // A file that could not even be loaded has no failed test; it is one failure all the same.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  // `wasInterrupted`, an error in a global teardown and the like: jest says no although each test says yes.
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && (result.success !== true || result.wasInterrupted === true) ? 1 : failed,
  };
}

const gates = countGates(read('gates.json'));
const tests = countTests(read('jest.json'));
const counted = gates.failed + tests.failed;
const failed = counted === 0 && exitCode !== '0' ? 1 : counted;

console.log(`${gates.passed + tests.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
