import { spawnSync } from 'node:child_process';
import { copyFileSync, chmodSync, existsSync, mkdirSync, readdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, readText } from './support';

const GREEN = { success: true, numTotalTests: 3, numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
const GATES = [
  { gate: 'lint', ok: true },
  { gate: 'types', ok: true },
];

interface Outcome {
  /** What jest and the gates leave behind; null: nothing, as after a crash. */
  readonly jest: unknown;
  readonly gates: unknown;
  readonly testExitCode?: number;
  /** Logs that tests keep, by their place. */
  readonly logs?: Readonly<Record<string, string>>;
}

const KEEP = `const keep = (place, text) => {
  const file = require('node:path').join(process.env.ATELIER_TEST_KEEP_LOGS, place);
  require('node:fs').mkdirSync(require('node:path').dirname(file), { recursive: true });
  require('node:fs').writeFileSync(file, text);
};`;

/** `.ci/run` in a checkout whose test command and gates do nothing but leave their results. */
function runSuite(outcome: Outcome): { readonly closing: string; readonly status: number | null } {
  const { said, status } = sayAndEnd(outcome);
  return { closing: said.trimEnd().split('\n').at(-1) ?? '', status };
}

function sayAndEnd({ jest, gates, testExitCode = 0, logs = {} }: Outcome): {
  readonly said: string;
  readonly status: number | null;
  readonly kept: readonly string[];
} {
  const checkout = mkdtempSync(path.join(tmpdir(), 'atelier-ci-run-'));
  try {
    for (const folder of ['.ci', 'scripts']) mkdirSync(path.join(checkout, folder));
    for (const file of ['.ci/run', 'scripts/check-summary.mjs', 'scripts/failed-logs.mjs'])
      copyFileSync(path.join(ROOT, file), path.join(checkout, file));
    chmodSync(path.join(checkout, '.ci/run'), 0o755);
    const leave = (file: string, value: unknown) =>
      value === null ? '' : `require('node:fs').writeFileSync(${file}, ${JSON.stringify(JSON.stringify(value))});`;
    const keep = Object.entries(logs)
      .map(([place, text]) => `keep(${JSON.stringify(place)}, ${JSON.stringify(text)});`)
      .join('')
      .replace(/^(?=.)/, KEEP);
    const outputFile = "process.argv.find((word) => word.startsWith('--outputFile=')).slice('--outputFile='.length)";
    writeFileSync(path.join(checkout, 'test.cjs'), `${leave(outputFile, jest)}${keep}process.exit(${testExitCode});`);
    writeFileSync(path.join(checkout, 'check.cjs'), leave('process.env.ATELIER_CHECK_RESULTS', gates));
    writeFileSync(path.join(checkout, 'package.json'), JSON.stringify({ scripts: { test: 'node test.cjs', check: 'node check.cjs' } }));
    const run = spawnSync(path.join(checkout, '.ci/run'), { cwd: tmpdir(), encoding: 'utf8' });
    const keptIn = path.join(checkout, '.ci/failed-logs');
    return { said: run.stdout, status: run.status, kept: existsSync(keptIn) ? readdirSync(keptIn) : [] };
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

describe('.ci/run', () => {
  test('counts tests and gates, and ends with 0 when all passed', () => {
    expect(runSuite({ gates: GATES, jest: GREEN })).toEqual({ closing: '5 passed, 0 failed', status: 0 });
  });

  test('a failed test and a failed gate are counted', () => {
    const jest = { ...GREEN, success: false, numPassedTests: 2, numFailedTests: 1 };
    const gates = [...GATES, { gate: 'dead', ok: false }];

    expect(runSuite({ gates, jest, testExitCode: 1 })).toEqual({ closing: '4 passed, 2 failed', status: 1 });
  });

  test('the first failure of a file is shown whole, with the ends of the logs of its installation, which stay; those of others go', () => {
    const failure = Array.from({ length: 60 }, (_, line) => `line ${line} of the failure`).join('\n');
    const tests = [
      { status: 'passed', fullName: 'first', failureMessages: [] },
      { status: 'failed', fullName: 'second', failureMessages: [failure] },
      { status: 'failed', fullName: 'third', failureMessages: ['not this one'] },
    ];
    const testResults = [
      { name: '/checkout/test/e2e/crash.test.ts', status: 'failed', message: '', assertionResults: tests },
      { name: '/checkout/test/e2e/load.test.ts', status: 'failed', message: 'it did not load', assertionResults: [] },
      { name: '/checkout/test/e2e/money.test.ts', status: 'passed', message: '', assertionResults: [] },
    ];
    const jest = { ...GREEN, success: false, numPassedTests: 1, numFailedTests: 2, testResults };
    const log = Array.from({ length: 100 }, (_, line) => `log ${line}`).join('\n');
    const logs = { 'e2e-crash/home-1/worker-0.log': log, 'e2e-money/home-2/api-0.log': 'all is well' };

    const { said, kept } = sayAndEnd({ gates: GATES, jest, testExitCode: 1, logs });

    expect(said).toContain(`✗ /checkout/test/e2e/crash.test.ts: second\n${failure}\n`);
    expect(said).toContain('✗ /checkout/test/e2e/load.test.ts\nit did not load\n');
    expect(said).toMatch(/--- the end of .*\.ci\/failed-logs\/e2e-crash\/home-1\/worker-0\.log \(100 lines\) ---\nlog 60\n/);
    expect(said).toContain('log 99\n');
    expect(said).not.toMatch(/not this one|all is well|log 59\n/);
    expect(said.trimEnd()).toMatch(/3 passed, 2 failed$/);
    expect(kept).toEqual(['e2e-crash']);
  });

  test('a test file that could not be loaded is a failure', () => {
    const jest = { ...GREEN, success: false, numRuntimeErrorTestSuites: 1 };

    expect(runSuite({ gates: GATES, jest, testExitCode: 1 })).toEqual({ closing: '5 passed, 1 failed', status: 1 });
  });

  test('a run that crashed before jest could report is not a pass', () => {
    expect(runSuite({ gates: GATES, jest: null })).toEqual({ closing: '2 passed, 1 failed', status: 1 });
    expect(runSuite({ gates: null, jest: null })).toEqual({ closing: '0 passed, 2 failed', status: 1 });
  });

  test('a run without a single test is not a pass', () => {
    const jest = { ...GREEN, numTotalTests: 0, numPassedTests: 0 };

    expect(runSuite({ gates: GATES, jest })).toEqual({ closing: '2 passed, 1 failed', status: 1 });
  });

  test('a test command that ends badly is a failure even when every result is green', () => {
    expect(runSuite({ gates: GATES, jest: GREEN, testExitCode: 7 })).toEqual({ closing: '5 passed, 1 failed', status: 1 });
  });
});

describe('npm run check', () => {
  test('runs every gate that package.json has', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    const gates = /GATES = \[([^\]]*)\]/.exec(readText('scripts/check-all.mjs'))?.[1] ?? '';

    expect(scripts['check']).toBe('node scripts/check-all.mjs');
    for (const gate of ['format:check', 'lint', 'types', 'imports', 'dead']) {
      expect(scripts[gate]).toBeDefined();
      expect(gates).toContain(`'${gate}'`);
    }
  });
});
