/**
 * Prints who imports whom, folder by folder, as Mermaid.
 *   --write   puts it between the markers of ARCHITECTURE.md
 *   --check   exits 1 when ARCHITECTURE.md is not up to date
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const FOLDERS = ['lib', 'domain', 'workflows', 'activities', 'adapters', 'bootstrap', 'api', 'worker', 'cli', 'importer'];
const PAGE = 'ARCHITECTURE.md';
const BEGIN = '<!-- import graph: begin, written by `npm run graph` -->';
const END = '<!-- import graph: end -->';
/** @type {ReadonlySet<string>} */
const TYPES = new Set(['type-only', 'type-import']);

/** A main is a node of its own, as only mains wire adapters. @param {string} file @returns {string} */
function nodeOf(file) {
  const parts = file.split('/');
  if (parts.at(-1) === 'main.ts') return file;
  return parts[0] === 'adapters' ? `adapters/${parts[1]}` : (parts[0] ?? file);
}

/** @typedef {{ from: string, to: string, values: boolean }} Edge */

/** @param {string} file */
const isOurs = (file) => FOLDERS.includes(file.split('/')[0] ?? '');

async function readEdges() {
  const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs');
  const folders = FOLDERS.filter((folder) => existsSync(folder));
  const { output } = await cruise(folders, { ...options, validate: false }, undefined, { tsConfig: extractTSConfig('tsconfig.json') });
  if (typeof output === 'string') throw new TypeError('dependency-cruiser gave no modules');
  /** @type {Map<string, Edge>} */
  const edges = new Map();
  /** @type {Set<string>} */
  const nodes = new Set();
  for (const module of output.modules) {
    if (!isOurs(module.source)) continue;
    const from = nodeOf(module.source);
    nodes.add(from);
    for (const dependency of module.dependencies) {
      if (!isOurs(dependency.resolved)) continue;
      const to = nodeOf(dependency.resolved);
      if (to === from) continue;
      const valuesFlow = !dependency.dependencyTypes.some((type) => TYPES.has(type));
      const key = `${from} ${to}`;
      edges.set(key, { from, to, values: valuesFlow || (edges.get(key)?.values ?? false) });
    }
  }
  return { nodes: [...nodes].sort(), edges: [...edges.values()].sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1)) };
}

/** Adapters that know nothing but the domain and lib are drawn as one; the image stays small however many there are. @param {{ nodes: string[], edges: Edge[] }} graph */
function draw({ nodes, edges }) {
  /** @param {string} node */
  const isAdapter = (node) => /^adapters\/[^/]+$/.test(node);
  const plain = nodes.filter(
    (node) => isAdapter(node) && edges.every((edge) => edge.from !== node || edge.to === 'domain' || edge.to === 'lib'),
  );
  /** @param {string} node */
  const grouped = (node) => (plain.includes(node) ? 'adapters' : node);
  /** @param {string} node */
  const id = (node) => grouped(node).replace(/\W/g, '_');
  /** @param {string} node */
  const title = (node) => (node === 'adapters' ? `adapters/<br/>${plain.map((name) => name.slice('adapters/'.length)).join(', ')}` : node);
  const drawn = new Map();
  for (const edge of edges) {
    const key = `${id(edge.from)} ${id(edge.to)}`;
    if (id(edge.from) !== id(edge.to)) drawn.set(key, (drawn.get(key) ?? false) || edge.values);
  }
  const names = [...new Set(nodes.map(grouped))].sort();
  return [
    '```mermaid',
    'flowchart TD',
    ...names.map((node) => `  ${id(node)}["${title(node)}"]`),
    ...[...drawn].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => `  ${key.replace(' ', values ? ' --> ' : ' -.-> ')}`),
    '```',
  ].join('\n');
}

const graph = draw(await readEdges());
const mode = process.argv[2];
if (mode === undefined) {
  console.log(graph);
} else {
  const page = readFileSync(PAGE, 'utf8');
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`${PAGE} has no markers for the import graph`);
  const wanted = `${page.slice(0, begin + BEGIN.length)}\n\n${graph}\n\n${page.slice(end)}`;
  if (mode === '--write') writeFileSync(PAGE, wanted);
  else if (wanted !== page) {
    console.error(`The import graph in ${PAGE} is out of date: run \`npm run graph\`.`);
    process.exitCode = 1;
  }
}
