import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Tests that need a package of Python are left out where there is no package index. */
export const hasPython = process.env['ATELIER_SKIP_PYTHON_SDK'] !== '1';

/**
 * A folder with a package of Python and what it needs, installed once with pip and kept in the user's cache: for PYTHONPATH.
 * @throws Error with one line that says what to do when it cannot be had
 */
export async function pythonPackage(name: string, version: string): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'atelier', `python-${name}-${version}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', fresh, `${name}==${version}`]);
    renameSync(fresh, folder);
    return folder;
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(folder)) return folder;
    throw new Error(
      `The Python package ${name} could not be installed (${lastLine(error)}). It needs python3 with pip and a reachable package index; ATELIER_SKIP_PYTHON_SDK=1 leaves this test out.`,
      { cause: error },
    );
  }
}

/** What pip said last, or why it could not be run. */
function lastLine(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message?: string };
  const said = stderr === undefined || stderr === '' ? (message ?? String(error)) : stderr;
  return said.trim().split('\n').at(-1) ?? '';
}
