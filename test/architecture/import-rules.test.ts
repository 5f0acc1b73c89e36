import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ALLOWED, DEVELOPMENT_PACKAGES, PACKAGES, PLANTED } from './planted-violations';
import { ROOT, cruise } from './support';
import type { Violation } from './support';

interface Rules {
  readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
}

// The rules are CommonJS by their ending, which a typed import does not read.
const rules = jest.requireActual<Rules>('../../.dependency-cruiser.cjs').forbidden;

function write(directory: string, file: string, text: string): void {
  const target = path.join(directory, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** A tree with one violation of each rule, and packages that exist in name only. */
function plant(directory: string): void {
  copyFileSync(path.join(ROOT, '.dependency-cruiser.cjs'), path.join(directory, '.dependency-cruiser.cjs'));
  copyFileSync(path.join(ROOT, 'tsconfig.json'), path.join(directory, 'tsconfig.json'));
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const manifest = { name: 'skeleton', dependencies: versions(PACKAGES), devDependencies: versions(DEVELOPMENT_PACKAGES) };
  write(directory, 'package.json', JSON.stringify(manifest));
  for (const name of [...PACKAGES, ...DEVELOPMENT_PACKAGES]) {
    write(directory, `node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(directory, `node_modules/${name}/index.js`, 'exports.value = 1;\n');
  }
  for (const [file, code] of Object.entries(ALLOWED)) write(directory, file, code);
  for (const planted of Object.values(PLANTED)) {
    write(directory, planted.file, planted.code);
    for (const [file, code] of Object.entries(planted.with ?? {})) write(directory, file, code);
  }
}

describe('import rules', () => {
  let skeleton: string;
  let found: readonly Violation[];

  beforeAll(() => {
    skeleton = mkdtempSync(path.join(tmpdir(), 'atelier-import-rules-'));
    plant(skeleton);
    found = cruise(skeleton);
  });

  afterAll(() => rmSync(skeleton, { recursive: true, force: true }));

  test.each(rules.map((rule) => rule.name))('%s catches the violation planted for it', (name) => {
    const planted = PLANTED[name];
    if (planted === undefined) throw new Error(`no violation of ${name} is planted: add one to planted-violations.ts`);

    const caught = found.filter((violation) => violation.from === planted.file).map((violation) => violation.rule);

    expect(caught).toContain(name);
  });

  test('every planted violation belongs to a rule', () => {
    expect(Object.keys(PLANTED).sort()).toEqual(rules.map((rule) => rule.name).sort());
  });

  test('every rule says what to do instead', () => {
    expect(rules.filter((rule) => rule.comment.trim() === '')).toEqual([]);
  });

  test('what the rules allow is not caught', () => {
    expect(found.filter((violation) => Object.hasOwn(ALLOWED, violation.from))).toEqual([]);
  });

  test('the tree keeps the rules', () => {
    expect(cruise(ROOT)).toEqual([]);
  });
});
