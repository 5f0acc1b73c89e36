/**
 * Runs every gate, also after one has failed, and says which passed.
 * `ATELIER_CHECK_RESULTS` names a file for the outcome as JSON: `[{ "gate": "lint", "ok": true }]`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Names of scripts in package.json. */
const GATES = ['format:check', 'lint', 'types', 'imports', 'dead', 'test:console'];

// The console's packages and the types of the API, which its compiler and the linter read.
spawnSync(process.execPath, ['scripts/console-types.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });

const outcomes = GATES.map((gate) => {
  const started = Date.now();
  const run = spawnSync('npm', ['run', '--silent', gate], { stdio: 'inherit', shell: process.platform === 'win32' });
  const ok = run.status === 0;
  console.log(`${ok ? 'passed' : 'FAILED'}  ${gate}  ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return { gate, ok };
});

const file = process.env.ATELIER_CHECK_RESULTS;
if (file !== undefined && file !== '') writeFileSync(file, JSON.stringify(outcomes));

const failed = outcomes.filter((outcome) => !outcome.ok).map((outcome) => outcome.gate);
if (failed.length > 0) {
  console.error(`Gates that failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
