import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT, SOURCE_FOLDERS, readText } from './support';

/** The words are put together so that this file does not hold them. */
const word = (...parts: readonly string[]): string => parts.join('');

const UNWANTED: readonly (readonly [string, RegExp])[] = [
  ['unfinished work', new RegExp(`\\b(${word('TO', 'DO')}|${word('FIX', 'ME')}|${word('HA', 'CK')})\\b`)],
  ['a lint exception', new RegExp(`${word('eslint', '-disable')}|${word('prettier', '-ignore')}(?!.*-->)`)],
  ['a type exception', new RegExp(word('@ts-', '(ignore|nocheck)'))],
  ['a debugger', new RegExp(`^\\s*${word('debug', 'ger')};`, 'm')],
  ['the home folder of a person', new RegExp(word('/(home|Us', 'ers)/[a-z]'))],
  ['a key that looks real', new RegExp(word('(sk-(proj|ant)-|AK', 'IA|gh[pousr]_)[A-Za-z0-9_-]{20}'))],
  ['a private key', new RegExp(word('-----BEGIN [A-Z ]*PRIV', 'ATE KEY'))],
];

/** This file's neighbour plants them on purpose. */
const EXCEPT = new Set(['test/architecture/lint-rules.test.ts', 'test/architecture/tidy-tree.test.ts']);

function textFiles(): readonly string[] {
  const folders = [...SOURCE_FOLDERS, 'test', 'scripts', 'bin', 'deploy', 'docs', '.ci'];
  const deep = folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  );
  const flat = readdirSync(ROOT).filter((file) => file !== 'package-lock.json');
  return [...deep, ...flat]
    .filter((file) => /\.(ts|mjs|cjs|js|sql|md|ya?ml|sh|json)$|^\.ci\/run$|^Dockerfile$/.test(file))
    .filter((file) => !EXCEPT.has(file) && !file.startsWith('test/replay/histories/') && statSync(path.join(ROOT, file)).isFile());
}

describe('the tree', () => {
  const files = textFiles();

  test.each(UNWANTED)('does not hold %s', (_what, pattern) => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => pattern.test(readText(file)))).toEqual([]);
  });
});

/** Files that scripts name relative to themselves, that are not there. */
function missingFiles(script: string, text: string): readonly string[] {
  const named = [...text.matchAll(/new URL\('(\.[^']+)', import\.meta\.url\)/g)].map(([, name = '']) => name);
  // What a build or a run makes is not there before.
  return named.filter((name) => !name.includes('dist/') && !existsSync(path.join(ROOT, path.dirname(script), name)));
}

test('a file that a script opens beside it is there', () => {
  const scripts = textFiles().filter((file) => /\.(mjs|cjs)$/.test(file));
  expect(scripts.flatMap((script) => missingFiles(script, readText(script)).map((name) => `${script}: ${name}`))).toEqual([]);
  expect(missingFiles('scripts/bench/x.mjs', "new URL('../gone.mp4', import.meta.url)")).toEqual(['../gone.mp4']);
});
