/** Compiles the TypeScript into dist/, copies what is not code, renders the guides, bundles the workflows, and builds the console (not with --without-console). */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildConsole } from './lib/console.mjs';
import { buildGuides } from './lib/guides.mjs';
import { SOURCE_FOLDERS, filesUnder, root, sourceState, stampFile } from './lib/sources.mjs';

const COPIED = /\.(sql|json|ya?ml|mp4)$/;

/** Runs a Node program of the checkout; true when it ended well. @param {...string} words */
function runs(...words) {
  try {
    execFileSync(process.execPath, words, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    return true;
  } catch {
    return false;
  }
}

/** Removes what an earlier build made of sources that are gone: a migration that was renamed must not run twice. */
function removeOrphans() {
  for (const file of SOURCE_FOLDERS.flatMap((folder) => filesUnder(join('dist', folder)))) {
    const source = file.slice('dist/'.length);
    const script = source.replace(/\.js(\.map)?$/, '.ts');
    const made = script !== source || COPIED.test(source);
    if (made && !existsSync(join(root, source)) && !existsSync(join(root, script))) rmSync(join(root, file));
  }
}

const state = sourceState();
let ok = runs(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json');
for (const file of SOURCE_FOLDERS.flatMap(filesUnder).filter((name) => COPIED.test(name))) {
  mkdirSync(dirname(join(root, 'dist', file)), { recursive: true });
  cpSync(join(root, file), join(root, 'dist', file));
}
removeOrphans();
buildGuides();
if (ok && existsSync(join(root, 'dist/worker/bundle.js')) && existsSync(join(root, 'dist/workflows/index.js'))) {
  ok = runs(join('dist', 'worker', 'bundle.js'));
}
mkdirSync(dirname(stampFile), { recursive: true });
writeFileSync(stampFile, JSON.stringify({ ...state, ok }));
if (!ok) {
  process.stderr.write('The build failed: see the errors above.\n');
  process.exitCode = 1;
}
if (!process.argv.includes('--without-console')) {
  const fault = await buildConsole();
  if (fault !== null) {
    process.stderr.write(`${fault}\nThe console could not be built: see above. Everything else does not need it.\n`);
    process.exitCode = 1;
  }
}
