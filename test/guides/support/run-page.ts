import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';
import { strangersEnvironment } from '../../support/installation';
import type { Snippet } from './pages';

const ROOT = join(__dirname, '../../..');
const WRITTEN_ORIGIN = 'http://127.0.0.1:4000';
const WRITTEN_HOME = '$PWD/.atelier';
const SNIPPET_MS = 60_000;
/** Go compiles its library first. */
const START_MS = 240_000;

export interface Place {
  readonly origin: string;
  /** The folder of the installation. */
  readonly home: string;
  readonly adminKey: string;
  readonly key: string;
  /** A folder with the Python SDK; null: Python is not there. */
  readonly python: string | null;
  readonly hasGo: boolean;
}

/** What a snippet that was run did. */
export interface Ran {
  readonly line: number;
  readonly code: number | null;
  readonly output: string;
}

/** Programs by the language of a fence, and the file that they are given. */
const PROGRAMS: Readonly<Record<string, (file: string) => readonly [string, readonly string[], string]>> = {
  bash: (file) => ['bash', ['-eu', '-o', 'pipefail', file], 'sh'],
  js: (file) => [process.execPath, [file], 'mjs'],
  python: (file) => ['python3', [file], 'py'],
  go: (file) => ['go', ['run', file], 'go'],
};

/**
 * Runs the snippets of one page as a reader would: one after the other, in one folder, on a running installation.
 * `export` in a bash snippet holds for the later ones.
 */
export async function runPage(snippets: readonly Snippet[], place: Place): Promise<readonly Ran[]> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-guide-'));
  const background: ChildProcess[] = [];
  const ran: Ran[] = [];
  try {
    const env = environment(folder, place);
    for (const snippet of snippets) {
      const code = snippet.code.replaceAll(WRITTEN_ORIGIN, place.origin).replaceAll(WRITTEN_HOME, place.home);
      if (snippet.file !== null) writeFileSync(join(folder, snippet.file), code);
      if (!snippet.runs || !canRun(snippet, place)) continue;
      const program = PROGRAMS[snippet.language];
      if (program === undefined) throw new Error(`line ${String(snippet.line)}: nothing runs ${snippet.language}`);
      const [command, args, extension] = program(`snippet-${String(snippet.line)}.${extensionOf(snippet.language)}`);
      writeFileSync(join(folder, `snippet-${String(snippet.line)}.${extension}`), withVariables(snippet.language, code));
      const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const heard = listen(child);
      if (snippet.isBackground) {
        background.push(child);
        await eventually(() => heard().includes(snippet.expect ?? '\n') || child.exitCode !== null, { withinMs: START_MS });
        ran.push({ line: snippet.line, code: child.exitCode ?? 0, output: heard() });
        continue;
      }
      ran.push({ line: snippet.line, code: await ended(child), output: heard() });
    }
    return ran;
  } finally {
    await Promise.all(background.map(stop));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without Python or Go on the machine their snippets are left out; the test says so. */
export function canRun({ language, needs }: Snippet, place: Pick<Place, 'python' | 'hasGo'>): boolean {
  const languages = [language, needs];
  return (place.python !== null || !languages.includes('python')) && (place.hasGo || !languages.includes('go'));
}

function extensionOf(language: string): string {
  return { bash: 'sh', js: 'mjs', python: 'py', go: 'go' }[language] ?? 'txt';
}

/** Variables that a snippet exports are there for the next. */
function withVariables(language: string, code: string): string {
  if (language !== 'bash') return code;
  return `[ -f .variables ] && . ./.variables\n${code}\nexport -p > .variables\n`;
}

function environment(folder: string, place: Place): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'atelier'), `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'bin', 'atelier.js')}" "$@"\n`);
  chmodSync(join(bin, 'atelier'), 0o755);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const outside = strangersEnvironment();
  return {
    ...outside,
    PATH: `${bin}:${outside['PATH'] ?? ''}`,
    ...(place.python === null ? {} : { PYTHONPATH: place.python }),
    PYTHONUNBUFFERED: '1',
    ATELIER_HOME: join(folder, 'home'),
    ATELIER_BASE_URL: `${place.origin}/v1`,
    ATELIER_KEY: place.key,
    ATELIER_ADMIN_KEY: place.adminKey,
    OPENAI_BASE_URL: `${place.origin}/v1`,
    OPENAI_API_KEY: place.key,
    ANTHROPIC_BASE_URL: place.origin,
    ANTHROPIC_AUTH_TOKEN: place.key,
  };
}

function listen(child: ChildProcess): () => string {
  let heard = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (heard.length < 200_000) heard += text;
    });
  }
  return () => heard;
}

async function ended(child: ChildProcess): Promise<number | null> {
  const late = setTimeout(() => child.kill('SIGKILL'), SNIPPET_MS);
  await eventually(() => child.exitCode !== null || child.signalCode !== null, { withinMs: SNIPPET_MS + 5_000 });
  clearTimeout(late);
  return child.exitCode;
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await eventually(() => child.exitCode !== null || child.signalCode !== null, { withinMs: 10_000 });
}
