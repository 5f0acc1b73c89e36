/** What the build reads and what it leaves, for "is the build up to date?". */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const SOURCE_FOLDERS = [
  'lib',
  'domain',
  'workflows',
  'activities',
  'adapters',
  'bootstrap',
  'api',
  'worker',
  'cli',
  'importer',
  'prices',
  'test/lab',
];
const STAMP = join(root, 'dist', '.built.json');

/** All files under a folder of the checkout, relative to the root. @param {string} folder */
export function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** What a build of the sources as they are now would be stamped with. */
export function sourceState() {
  const files = [
    ...SOURCE_FOLDERS.flatMap(filesUnder),
    ...filesUnder('docs/guides'),
    ...filesUnder('scripts/guides'),
    'scripts/lib/guides.mjs',
    'docs/errors.md',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
  ].filter((file) => existsSync(join(root, file)));
  const newest = Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs));
  return { files: files.length, newest };
}

/** The last build's stamp; undefined when there is none. @returns {{ files: number, newest: number, ok: boolean } | undefined} */
export function lastBuild() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch {
    return undefined;
  }
}

/** "current": built from the sources as they are; "failed": that build failed; "stale": build again. */
export function buildState() {
  const built = lastBuild();
  const now = sourceState();
  if (built?.files !== now.files || built.newest !== now.newest) return 'stale';
  return built.ok ? 'current' : 'failed';
}

export const stampFile = STAMP;
