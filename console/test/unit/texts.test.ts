import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const SRC = join(__dirname, '..', '..', 'src');
const under = (folder: string): string[] =>
  readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(SRC, folder, name));

type Texts = { readonly [key: string]: string | Texts };

/** Keys of a text file, forms of a plural as one. */
function keysOf(texts: Texts, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value === 'string') found.set(`${prefix}${name.replace(/_(one|other)$/, '')}`, value);
    else for (const entry of keysOf(value, `${prefix}${name}.`)) found.set(...entry);
  }
  return found;
}

const read = (language: string, name: string): Map<string, string> =>
  keysOf(JSON.parse(readFileSync(join(SRC, 'text', language, name), 'utf8')) as Texts);
const files = readdirSync(join(SRC, 'text', 'en'));

test('both languages have the same files', () => {
  expect(readdirSync(join(SRC, 'text', 'zh'))).toEqual(files);
});

test.each(files)('%s has the same keys, none empty, and the same values in both languages', (name) => {
  const [en, zh] = [read('en', name), read('zh', name)];
  const holes = (text = ''): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();

  expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
  for (const [key, text] of [...en, ...zh]) expect([key, text.trim()]).not.toEqual([key, '']);
  for (const [key, text] of en) expect([key, holes(zh.get(key))]).toEqual([key, holes(text)]);
});

/** What is written in Latin letters in Chinese as well. */
const LATIN =
  /\{\{\w+\}\}|Atelier|API|XLSX|CSV|JSON|PNG|JPEG|WebP|MP4|Webhook|Token|English|HD|MB|kB|PC|IP|URL|Temporal|SDK|AI|New API|One API|credentials\.json|Base64|YAML|Mod|Ctrl|Shift|OpenAI|Markdown|\/v1(?:\/chat\/completions|\/models)?|ATELIER_\w+|S3|ANTHROPIC_\w+|Responses|Docker|host\.docker\.internal|CORS/g;

test.each(files)('%s: Chinese is Chinese, with its own punctuation', (name) => {
  for (const [key, text] of read('zh', name)) {
    const rest = text.replace(LATIN, '');
    expect([key, rest.match(/[A-Za-z]+/g)]).toEqual([key, null]);
    // A comma or full stop of the Latin kind between Han letters; figures and codes keep theirs.
    expect([key, rest.match(/\p{Script=Han}[,.;:!?]/gu)]).toEqual([key, null]);
  }
});

test.each(files)('%s: English has no exclamations and no "Oops"', (name) => {
  for (const [key, text] of read('en', name)) expect([key, /!|\boops\b|\bplease\b/i.test(text)]).toEqual([key, false]);
});

/** Attributes whose text people see or hear. */
const SPOKEN = new Set(['alt', 'aria-label', 'label', 'name', 'placeholder', 'title', 'hint', 'fault', 'message', 'end']);
/** Names that are the same in every language, keys of the keyboard, and names of fields for browsers. */
const SAME_EVERYWHERE = new Set(['Atelier', '中文', 'English', 'k', 'j', 'Esc', '[', '?', 'email', 'password', '']);

interface Stray {
  readonly file: string;
  readonly text: string;
}

function strayTexts(file: string): Stray[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const stray: Stray[] = [];
  const note = (text: string): void => {
    const trimmed = text.trim();
    if (/[\p{L}]/u.test(trimmed) && !SAME_EVERYWHERE.has(trimmed)) stray.push({ file: relative(SRC, file), text: trimmed });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node.text);
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText(source)) && node.initializer !== undefined) {
      // `name` of a part of ours that is a name of an icon is no text.
      const isIcon = ts.isJsxSelfClosingElement(node.parent.parent) && ['Icon'].includes(node.parent.parent.tagName.getText(source));
      if (ts.isStringLiteral(node.initializer) && !isIcon) note(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return stray;
}

test('no component has words of its own', () => {
  const components = ['app', 'pages', 'features', 'ui'].flatMap(under).filter((file) => file.endsWith('.tsx'));

  expect(components.length).toBeGreaterThan(30);
  expect(components.flatMap(strayTexts)).toEqual([]);
});

test('every text is used', () => {
  const code = ['app', 'pages', 'features', 'ui', 'api', 'lib']
    .flatMap(under)
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('schema.d.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  // A key that is put together ends in a hole: `status.${status}`.
  const built = [...code.matchAll(/`([\w.]+)\.\$\{/g)].map((match) => `${match[1]!}.`);
  const unused = files
    .filter((name) => name !== 'errors.json')
    .flatMap((name) => [...read('en', name).keys()].map((key) => ({ name, key })))
    .filter(({ key }) => !code.includes(`'${key}'`) && !built.some((prefix) => key.startsWith(prefix)));

  expect(unused.filter(({ key }) => !key.startsWith('keys.') && !key.startsWith('nav.'))).toEqual([]);
});
