/** Brings a checkout to where the program can run: Node is new enough, packages are installed, dist/ is built. */
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buildConsole } from './console.mjs';
import { withLock } from './lock.mjs';
import { buildState, root } from './sources.mjs';
import { installPackages, samePackages, timed } from './steps.mjs';

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** A failure whose message is all that the person needs to see. */
export class PrepareFailure extends Error {}

/** @throws PrepareFailure when this Node is older than package.json asks for */
export function checkNode() {
  const wanted = /(\d+)\.(\d+)/.exec(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = [Number(wanted?.[1]), Number(wanted?.[2])];
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new PrepareFailure(
    `Node.js ${wantedMajor}.${wantedMinor} or newer is needed; this is ${process.versions.node}. Install it from https://nodejs.org and run the command again.`,
  );
}

/** Installs the packages when they are missing or older than the lock file, and builds when dist/ is older than the sources. */
export async function prepare({ allowFailedBuild = false } = {}) {
  checkNode();
  if (installed() && (buildState() === 'current' || (allowFailedBuild && buildState() === 'failed'))) return;
  await alone(async () => {
    if (!installed()) await install();
    if (buildState() === 'stale' || (buildState() === 'failed' && !allowFailedBuild)) await build(allowFailedBuild);
  });
}

/** Builds the console when it is older than its sources. Without it the platform starts all the same: a fault is said, never thrown. */
export async function prepareConsole() {
  const fault = await alone(buildConsole);
  if (fault !== null) say(`! The console could not be built, so Atelier starts without it or with the one of before:\n${fault}`);
}

/**
 * One preparation of this checkout at a time. The lock lies outside node_modules, which an install removes.
 * @template Result
 * @param {() => Promise<Result>} work
 */
function alone(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return withLock(join(tmpdir(), `atelier-prepare-${name}.lock`), work);
}

/** True when node_modules was made from this lock file (or one not newer). */
function installed() {
  return existsSync(join(root, 'node_modules', 'typescript')) && samePackages(root);
}

async function install() {
  const said = await installPackages(root, {
    doing: 'installing packages (npm ci); the first time takes a minute',
    done: 'packages installed',
  });
  if (said === null) return;
  throw new PrepareFailure(
    `${said}\nInstalling the packages failed: see above. Check the network and npm's registry setting, then try again.`,
  );
}

/** @param {boolean} allowFailed */
async function build(allowFailed) {
  const output = await timed({ doing: 'building', done: 'built' }, process.execPath, [
    join(root, 'scripts', 'build.mjs'),
    '--without-console',
  ]);
  if (output !== null && !allowFailed) throw new PrepareFailure(`${output}\nBuilding failed: see the errors above.`);
}
