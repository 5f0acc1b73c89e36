/**
 * The console's packages and build. They are a matter of their own: an installation without them serves the API all the same, and the
 * suite needs neither.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, root } from './sources.mjs';
import { installPackages, samePackages, timed } from './steps.mjs';

const folder = join(root, 'console');
const built = join(root, 'dist', 'console');
/** Beside the build, which is replaced as a whole. */
const stampFile = join(root, 'dist', '.console.json');

/** What a build of the sources as they are now would be stamped with. */
function sourceState() {
  const names = ['index.html', 'vite.config.ts', 'package-lock.json', 'tsconfig.json'].map((name) => join('console', name));
  const files = [...filesUnder(join('console', 'src')), ...filesUnder(join('console', 'public')), ...names];
  const dates = files.map((file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return { files: files.length, newest: Math.max(...dates) };
}

function isBuilt() {
  try {
    const stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
    const now = sourceState();
    return existsSync(join(built, 'index.html')) && stamp.files === now.files && stamp.newest === now.newest;
  } catch {
    return false;
  }
}

/** Null when the console's packages are installed, else what npm said. @returns {Promise<string | null>} */
export async function installConsole() {
  if (samePackages(folder)) return null;
  return installPackages(folder, { doing: "installing the console's packages", done: "the console's packages installed" });
}

/** Brings dist/console up to date. Null when it is, else why it is not; the build of before stays. @returns {Promise<string | null>} */
export async function buildConsole() {
  if (!existsSync(join(folder, 'package.json')) || isBuilt()) return null;
  const fault = await installConsole();
  if (fault !== null) return fault;
  const state = sourceState();
  const next = `${built}.next`;
  rmSync(next, { recursive: true, force: true });
  const vite = join(folder, 'node_modules', 'vite', 'bin', 'vite.js');
  const said = await timed({ doing: 'building the console', done: 'console built' }, process.execPath, [
    ...[vite, 'build', folder, '--outDir', next, '--logLevel', 'warn'],
  ]);
  if (said !== null) return said;
  rmSync(built, { recursive: true, force: true });
  renameSync(next, built);
  writeFileSync(stampFile, JSON.stringify(state));
  return null;
}
