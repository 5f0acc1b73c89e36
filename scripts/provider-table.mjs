/**
 * `npm run docs:providers`: runs the tests of the providers and of the lab, and writes docs/providers.md from what passed.
 *   --from FILE   reads the results of such a run (jest --json) instead of running it
 *   --check       runs nothing: exits 1 when the page is not what the titles in the sources say
 *   --page FILE   the page, docs/providers.md when not given
 *   --gaps FILE   why cells are empty, scripts/lib/provider-gaps.mjs when not given
 * A test is evidence by its title, `supports: <kind>: <capability>: ...`. A page is written only when all of the evidence passed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import ts from 'typescript';
import { root } from './lib/sources.mjs';

const CAPABILITIES = [
  ...['text', 'stream', 'tools', 'image input', 'reasoning', 'text-to-image', 'image-to-image', 'several references'],
  ...['text-to-video', 'image-to-video', 'last frame', 'audio', 'seed', 'cancel', 'webhook', 'reconcile'],
];
const FOLDERS = ['test/provider', 'test/lab'];
/** Folders of adapters/providers that are no kind with a wire: what all kinds share, and the one that calls nobody. */
const NO_VENDOR = ['shared', 'sandbox'];
/** Kinds whose lab no SDK judges, and why. @type {Readonly<Record<string, string>>} */
const NO_SDK = {
  kling: 'none: no SDK of the vendor runs on Node 20; the server follows the public reference',
  minimax: 'none: no SDK of the vendor runs on Node 20; the server follows the public reference',
};

/** @typedef {{ file: string, title: string }} Title @typedef {Title & { passed: boolean }} Result */

/** The titles of a file's tests, as far as its text says them: the first `%s` of a table is the first field of its rows. @param {string} file */
function titlesIn(file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  /** @type {Title[]} */
  const titles = [];
  /** @param {import('typescript').Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const [first] = node.arguments;
      const isTitle = first !== undefined && ts.isStringLiteralLike(first);
      if (isTitle && ts.isIdentifier(node.expression) && node.expression.text === 'test') titles.push({ file, title: first.text });
      if (isTitle && ts.isCallExpression(node.expression) && node.expression.expression.getText() === 'test.each')
        for (const field of firstFields(node.expression.arguments[0])) titles.push({ file, title: first.text.replace('%s', () => field) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/** @param {import('typescript').Expression | undefined} rows @returns {string[]} */
function firstFields(rows) {
  if (rows === undefined || !ts.isArrayLiteralExpression(rows)) return ['%s'];
  return rows.elements.map((row) => {
    const field = ts.isArrayLiteralExpression(row) ? row.elements[0] : row;
    return field !== undefined && ts.isStringLiteralLike(field) ? field.text : '%s';
  });
}

function titlesOfSources() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.test.ts'))
      .sort()
      .flatMap((name) => titlesIn(`${folder}/${name}`)),
  );
}

/** @param {Title} evidence */
function cellOf({ file, title }) {
  if (!title.startsWith('supports:')) return null;
  const [, kind = '', capability = ''] = /^supports: ([\w-]+): ([\w -]+?)(?:: .*)?$/.exec(title) ?? [];
  if (!kinds().includes(kind)) throw new Error(`${file}: "${title}" names no kind of adapters/providers`);
  if (!CAPABILITIES.includes(capability)) throw new Error(`${file}: "${title}" names none of: ${CAPABILITIES.join(', ')}`);
  return `${kind}: ${capability}`;
}

/** @param {Title} evidence */
const sdkOf = ({ file, title }) => {
  const kind = /^test\/lab\/([\w-]+)\.sdk\.test\.ts$/.exec(file)?.[1];
  const [, name = '', words = ''] = /^(\S+) (.*)$/.exec(title) ?? [];
  return kind !== undefined && name in manifest.devDependencies ? { kind, name, words } : null;
};

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function kinds() {
  return readdirSync(join(root, 'adapters/providers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NO_VENDOR.includes(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** What an empty cell shows. */
const MARKS = { none: '–', elsewhere: '`openai`', unshown: '?' };

/**
 * What the cells say that no test proves. @param {ReadonlySet<string | null>} proven @param {Readonly<Record<string, Readonly<Partial<Record<keyof typeof MARKS, readonly string[]>>>>>} gaps
 * @throws when a cell is empty without a reason, or has one and is proven
 */
function reasonsOf(proven, gaps) {
  const reasons = new Map();
  for (const [kind, own] of Object.entries(gaps))
    for (const [reason, capabilities] of Object.entries(own))
      for (const capability of capabilities) reasons.set(`${kind}: ${capability}`, MARKS[/** @type {keyof typeof MARKS} */ (reason)]);
  const cells = kinds().flatMap((kind) => CAPABILITIES.map((capability) => `${kind}: ${capability}`));
  const faults = [
    ...[...reasons.keys()].filter((cell) => !cells.includes(cell)).map((cell) => `${cell}: there is no such cell`),
    ...cells
      .filter((cell) => reasons.has(cell) && proven.has(cell))
      .map((cell) => `${cell}: has a reason to be empty, and a test that proves it`),
    ...cells.filter((cell) => !reasons.has(cell) && !proven.has(cell)).map((cell) => `${cell}: has no test, and no reason to be empty`),
  ];
  if (faults.length > 0) throw new Error(`scripts/lib/provider-gaps.mjs is not true:\n${faults.join('\n')}`);
  return reasons;
}

/** @param {readonly Title[]} titles @param {Parameters<typeof reasonsOf>[1]} gaps */
async function pageOf(titles, gaps) {
  const cells = new Set(titles.map(cellOf));
  const reasons = reasonsOf(cells, gaps);
  const judges = titles.map(sdkOf).filter((judge) => judge !== null);
  const rows = kinds().map((kind) => {
    const link = `providers/${kind}.md`;
    const proven = CAPABILITIES.map((capability) => reasons.get(`${kind}: ${capability}`) ?? `[✓](${link})`);
    return `| [${kind}](${link}) | ${proven.join(' | ')} |`;
  });
  const sdks = kinds().flatMap((kind) => {
    const own = judges.filter((judge) => judge.kind === kind);
    const none = NO_SDK[kind];
    if (own.length === 0 && none === undefined)
      throw new Error(`No SDK judges the lab's ${kind}: write test/lab/${kind}.sdk.test.ts, or say in NO_SDK why there is none.`);
    if (own.length === 0) return [`| ${kind} | ${none} | |`];
    return [...new Set(own.map(({ name }) => name))].map((name) => {
      const done = own.filter((judge) => judge.name === name).map(({ words }) => words.replaceAll('|', '\\|'));
      return `| ${kind} | \`${name}\` ${manifest.devDependencies[name]} | ${[...new Set(done)].join('; ')} |`;
    });
  });
  const page = `# What each kind of provider supports

Generated by \`npm run docs:providers\` from the tests that it ran; do not edit. A ✓ is a test of the adapter that passed against the
[lab](lab.md)'s server of the vendor, and leads to the page of the kind. Other cells have no such test: – the vendor has none; \`openai\` the vendor
has it, reached by the kind [openai](providers/openai.md); ? not shown by the lab (\`scripts/lib/provider-gaps.mjs\`). The kind \`openai\` is also how text models of any vendor with an OpenAI-compatible endpoint are reached. The
[sandbox](providers/sandbox.md) calls nobody and is not in the table.

| kind | ${CAPABILITIES.join(' | ')} |
| --- |${' :-: |'.repeat(CAPABILITIES.length)}
${rows.join('\n')}

**several references**: more than one image to go by. **audio**: sound of a video is switched on or off. **cancel**: a job is stopped at the
vendor. **webhook**: the vendor tells us that a job has ended. **reconcile**: a job whose answer was lost is found by our own key.

## What the vendors' own SDKs do with the lab

The servers of the lab are judged by the SDKs of the vendors, unchanged but for the base URL (\`npm run test:lab\`). All of these passed:

| kind | SDK | what it did |
| --- | --- | --- |
${sdks.join('\n')}
`;
  const options = (await prettier.resolveConfig(join(root, 'docs/providers.md'))) ?? {};
  return prettier.format(page, { ...options, parser: 'markdown' });
}

/** Runs the tests, which need no database and tell their progress on stderr. @returns {Promise<string>} what jest --json wrote */
async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-table-'));
  const file = join(folder, 'jest.json');
  const args = [join(root, 'scripts/test.mjs'), ...FOLDERS.map((name) => `^${join(root, name)}/`), '--json', `--outputFile=${file}`];
  await new Promise((resolve, reject) => {
    const tests = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['inherit', 'ignore', 'inherit'],
      env: { ATELIER_TEST_SERVICES: 'none', ...process.env },
    });
    tests.once('error', reject).once('exit', resolve);
  });
  try {
    if (!existsSync(file)) throw new Error('The tests did not run to their end: see above.');
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} json @returns {Result[]} */
function resultsOf(json) {
  /** @type {{ testResults: { name: string, assertionResults: { title: string, status: string }[] }[] }} */
  const { testResults } = JSON.parse(json);
  return testResults.flatMap(({ name, assertionResults }) => {
    const file = relative(root, name).split(sep).join('/');
    return assertionResults.map(({ title, status }) => ({ file, title, passed: status === 'passed' }));
  });
}

/** What says that evidence of the sources has not passed. @param {readonly Result[]} results */
function faultsOf(results) {
  /** What a title is evidence of. @param {Title} title */
  const claimOf = (title) => cellOf(title) ?? (sdkOf(title) === null ? null : title.title);
  const failed = results
    .filter((result) => !result.passed && claimOf(result) !== null)
    .map(({ file, title }) => `did not pass: ${file}: ${title}`);
  const proven = new Set(results.filter(({ passed }) => passed).map(claimOf));
  const absent = titlesOfSources().filter((title) => claimOf(title) !== null && !proven.has(claimOf(title)));
  return [...failed, ...absent.map(({ file, title }) => `was not run: ${file}: ${title}`)];
}

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    page: { type: 'string', default: join(root, 'docs/providers.md') },
    check: { type: 'boolean' },
    gaps: { type: 'string' },
  },
});
const { GAPS } = await import(values.gaps === undefined ? './lib/provider-gaps.mjs' : pathToFileURL(values.gaps).href);
const wanted = await pageOf(titlesOfSources(), GAPS);
if (values.check === true) {
  if (!existsSync(values.page) || readFileSync(values.page, 'utf8') !== wanted) {
    console.error('docs/providers.md is not what the titles of the tests say: run `npm run docs:providers`.');
    process.exitCode = 1;
  }
} else {
  const faults = faultsOf(resultsOf(values.from === undefined ? await run() : readFileSync(values.from, 'utf8')));
  if (faults.length === 0) writeFileSync(values.page, wanted);
  else {
    console.error(`${values.page} is left as it is:\n${faults.join('\n')}`);
    process.exitCode = 1;
  }
}
