import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The version that the tests were written against. */
const VERSION = '3.57.0';

/**
 * A folder with the Python SDK, installed once with pip and kept in the user's cache.
 * @throws Error with one line that says what to do when it cannot be had
 */
export async function pythonSdk(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'atelier', `python-openai-${VERSION}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', fresh, `openai==${VERSION}`]);
    renameSync(fresh, folder);
    return folder;
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(folder)) return folder;
    throw new Error(
      `The Python SDK could not be installed (${lastLine(error)}). It needs python3 with pip and a reachable package index; ATELIER_SKIP_PYTHON_SDK=1 leaves this test out.`,
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
