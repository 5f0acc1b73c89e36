import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './support';

/** [what is planted, file, code, rules that must speak up] */
const PLANTED: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['zero treated as missing', 'api/zero.ts', 'export const f = (seed: number) => (seed ? seed : 7);', ['strict-boolean-expressions']],
  ['an empty text replaced', 'api/empty.ts', "export const f = (name: string | null) => name || 'none';", ['prefer-nullish-coalescing']],
  ['a promise nobody waits for', 'worker/lost.ts', 'export function f(p: Promise<void>) { p; }', ['no-floating-promises']],
  [
    'a switch with a default instead of a case',
    'domain/switch.ts',
    "export function f(kind: 'a' | 'b') { switch (kind) { case 'a': return 1; default: return 2; } }",
    ['switch-exhaustiveness-check'],
  ],
  ['any', 'api/any.ts', 'export const f = (value: any): unknown => value;', ['no-explicit-any']],
  ['a type imported as a value', 'api/type.ts', "import { Kind } from './kind';\nexport type Seen = Kind;", ['consistent-type-imports']],
  ['console in a server', 'worker/print.ts', "console.log('x');\nexport {};", ['no-console']],
  ['the environment outside of a main', 'adapters/log/env.ts', "export const f = () => process.env['HOME'];", ['no-restricted-properties']],
  ['the environment in pure code', 'workflows/env.ts', "export const f = () => process.env['HOME'];", ['no-restricted-globals']],
  ['a call to the world in pure code', 'domain/call.ts', "export const f = () => fetch('http://x');", ['no-restricted-globals']],
  ['a call past the egress', 'activities/call.ts', "export const f = () => fetch('http://x');", ['no-restricted-globals']],
  [
    'clock and chance in the domain',
    'domain/clock.ts',
    'export const f = () => [Date.now(), Math.random(), new Date()];',
    ['no-restricted-properties', 'no-restricted-syntax'],
  ],
  [
    'a route past the permission table',
    'api/route.ts',
    "import { Router } from 'express';\nexport const router = Router();\nexport const f = (app: Router) => app.get('/', () => undefined);",
    ['no-restricted-imports', 'no-restricted-syntax'],
  ],
  ['a file that is too long', 'cli/long.ts', `${'\n'.repeat(301)}export {};`, ['max-lines']],
  [
    'an exception in a comment',
    'cli/exception.ts',
    "// eslint-disable-next-line no-console\nconsole.log('x');\nexport {};",
    ['no-console'],
  ],
];

/** What entry points and the modules made for it may do. */
const ALLOWED: readonly (readonly [string, string])[] = [
  ['api/main.ts', "export const home = process.env['HOME'];"],
  ['cli/output.ts', "export const say = () => { console.log('x'); };"],
  ['domain/time.ts', 'export const f = (atMs: number) => new Date(atMs);'],
  ['api/kind.ts', 'export interface Kind { readonly id: number }'],
];

interface Report {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

describe('lint rules', () => {
  let skeleton: string;
  let reports: ReadonlyMap<string, Report['messages']>;

  beforeAll(() => {
    skeleton = mkdtempSync(path.join(realpathSync(tmpdir()), 'atelier-lint-rules-'));
    for (const file of ['eslint.config.mjs', 'tsconfig.json', 'package.json']) {
      copyFileSync(path.join(ROOT, file), path.join(skeleton, file));
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(skeleton, 'node_modules'), 'junction');
    for (const [file, code] of [...PLANTED.map(([, file, code]) => [file, code] as const), ...ALLOWED]) {
      mkdirSync(path.dirname(path.join(skeleton, file)), { recursive: true });
      writeFileSync(path.join(skeleton, file), `${code}\n`);
    }
    const tool = path.join(ROOT, 'node_modules/eslint/bin/eslint.js');
    const run = spawnSync(process.execPath, [tool, '.', '--format', 'json'], { cwd: skeleton, encoding: 'utf8' });
    if (!run.stdout.startsWith('[')) throw new Error(`eslint did not run: ${run.stderr}${run.stdout}`);
    reports = new Map((JSON.parse(run.stdout) as Report[]).map((report) => [path.relative(skeleton, report.filePath), report.messages]));
  }, 120_000);

  afterAll(() => rmSync(skeleton, { recursive: true, force: true }));

  const caughtIn = (file: string) =>
    (reports.get(path.normalize(file)) ?? []).map(({ ruleId, message }) => ruleId?.replace('@typescript-eslint/', '') ?? message);

  test.each(PLANTED)('%s is caught', (_what, file, _code, rules) => {
    expect(caughtIn(file)).toEqual(expect.arrayContaining([...rules]));
  });

  test.each(ALLOWED)('%s may do what it does', (file) => {
    expect(caughtIn(file)).toEqual([]);
  });
});
