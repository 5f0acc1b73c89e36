/** Steps of preparing a checkout: what a person sees while they take their time. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** True when the packages in a folder's node_modules are those of its lock file (or made from one not newer). @param {string} folder */
export function samePackages(folder) {
  const made = statSync(join(folder, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  const lock = statSync(join(folder, 'package-lock.json'), { throwIfNoEntry: false });
  return made !== undefined && (lock === undefined || sameLock(folder) || made.mtimeMs >= lock.mtimeMs);
}

/** A fresh checkout of an unchanged lock file has a new date; what counts is whether it asks for the same packages. @param {string} folder */
function sameLock(folder) {
  /** @param {string} file @returns {Record<string, { version: string, optional?: boolean }>} */
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const { '': _root, ...wanted } = read(join(folder, 'package-lock.json'));
  const have = read(join(folder, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => have[name]?.version === version || (optional === true && have[name] === undefined),
  );
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * Installs a folder's packages by its lock file; an npm that finds the lock file incomplete (for its platform, or because the registry it asks has not got an
 * optional package) is asked to complete it. Null when they are installed, else what npm said.
 * @param {string} folder
 * @param {{ doing: string, done: string }} step
 */
export async function installPackages(folder, step) {
  const options = ['--prefix', folder, '--no-fund', '--no-audit', '--loglevel=error'];
  const said = await timed(step, npm, ['ci', ...options]);
  if (said === null || !said.includes('EUSAGE')) return said;
  return timed({ ...step, doing: 'npm ci finds the lock file incomplete for this machine; completing it (npm install)' }, npm, [
    'install',
    ...options,
  ]);
}

/**
 * Runs a program with a line before, a line after, and a sign of life in between. Null when all went well, else what it said.
 * @param {{ doing: string, done: string }} step
 * @param {string} command
 * @param {readonly string[]} args
 */
export async function timed({ doing, done }, command, args) {
  const begun = Date.now();
  const elapsed = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  say(`… ${doing}`);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && command.endsWith('.cmd'),
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
