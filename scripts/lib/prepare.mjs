/** Brings a checkout to where the program can run: Node is new enough, packages are installed, dist/ is built. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { buildState, root } from './sources.mjs';

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
  // The lock lies outside node_modules, which an install removes, and is the same for every start of this checkout.
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  await withLock(join(tmpdir(), `atelier-prepare-${name}.lock`), async () => {
    if (!installed()) await install();
    if (buildState() === 'stale' || (buildState() === 'failed' && !allowFailedBuild)) await build(allowFailedBuild);
  });
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** True when node_modules was made from this lock file (or one not newer). */
function installed() {
  const made = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  const lock = statSync(join(root, 'package-lock.json'), { throwIfNoEntry: false });
  return (
    made !== undefined &&
    existsSync(join(root, 'node_modules', 'typescript')) &&
    (lock === undefined || sameLock() || made.mtimeMs >= lock.mtimeMs)
  );
}

/** A fresh checkout of an unchanged lock file has a new date; what counts is whether it asks for the same packages. */
function sameLock() {
  /** @param {string} file @returns {Record<string, { version: string, optional?: boolean }>} */
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const { '': _root, ...wanted } = read(join(root, 'package-lock.json'));
  const have = read(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => have[name]?.version === version || (optional === true && have[name] === undefined),
  );
}

/** By the lock file; an npm that finds the lock file incomplete for its platform is asked to complete it. */
async function install() {
  const options = ['--no-fund', '--no-audit', '--loglevel=error'];
  const step = { doing: 'installing packages (npm ci); the first time takes a minute', done: 'packages installed' };
  const first = await timed(step, npm, ['ci', ...options]);
  if (first === null) return;
  const again = { ...step, doing: 'npm ci finds the lock file incomplete for this machine; completing it (npm install)' };
  const second = first.includes('EUSAGE') ? await timed(again, npm, ['install', ...options]) : first;
  if (second === null) return;
  throw new PrepareFailure(
    `${second}\nInstalling the packages failed: see above. Check the network and npm's registry setting, then try again.`,
  );
}

/** @param {boolean} allowFailed */
async function build(allowFailed) {
  const output = await timed({ doing: 'building', done: 'built' }, process.execPath, [join(root, 'scripts', 'build.mjs')]);
  if (output !== null && !allowFailed) throw new PrepareFailure(`${output}\nBuilding failed: see the errors above.`);
}

/**
 * Runs a program with a line before, a line after, and a sign of life in between. Null when all went well, else what it said.
 * @param {{ doing: string, done: string }} step
 * @param {string} command
 * @param {readonly string[]} args
 */
async function timed({ doing, done }, command, args) {
  const begun = Date.now();
  const elapsed = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  say(`… ${doing}`);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && command === npm,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-40_000)));
  const life = setInterval(() => say(`… still at it (${elapsed()})`), 15_000);
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
  });
  clearInterval(life);
  if (code !== 0) return output.trimEnd().split('\n').slice(0, 40).join('\n') || `it ended with code ${code}`;
  say(`✓ ${done} (${elapsed()})`);
  return null;
}
