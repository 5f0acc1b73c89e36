/** Finds and signals the processes of one installation, and of no other. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {keyof typeof WORDS} Part */

/** @type {readonly Part[]} */
export const PARTS = ['api', 'worker', 'temporal', 'postgres', 'weed'];

/** What the command line of each part holds. */
const WORDS = { api: 'atelier api', worker: 'atelier worker', temporal: 'temporal', postgres: 'postgres', weed: 'weed' };

/** @param {number} pid */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

/** @param {number} pid */
function commandLineOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/**
 * The process id of a part as it runs now; null while it is down. Certain: the supervisor noted it in the home, it is the supervisor's
 * child, and its command line names the part (and the home, where the part has files there).
 * @param {{ home: string, pid: number }} installation @param {Part} part @returns {number | null}
 */
export function pidOf(installation, part) {
  let pid;
  try {
    pid = JSON.parse(readFileSync(join(installation.home, 'run', `${part}.pid.json`), 'utf8')).pid;
  } catch {
    return null;
  }
  const line = commandLineOf(pid);
  const isOurs = parentOf(pid) === installation.pid && line.includes(WORDS[part]);
  const hasHome = part === 'api' || part === 'worker' || line.includes(installation.home);
  return isOurs && hasHome ? pid : null;
}

/** A part's process and those that it started (Postgres has one for each connection). @param {number | null} pid */
export function treeOf(pid) {
  if (pid === null) return [];
  const parents = new Map();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  const members = new Set([pid]);
  for (let before = 0; before !== members.size;) {
    before = members.size;
    for (const [child, parent] of parents) if (members.has(parent)) members.add(child);
  }
  return [...members];
}

/** True when it was there to be signalled. @param {number} pid @param {NodeJS.Signals} signal */
export function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
