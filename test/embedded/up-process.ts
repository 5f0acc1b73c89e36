import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';

/** Addresses of parts that are "given": nobody calls them in these tests. */
export const ALL_GIVEN = {
  DATABASE_URL: 'postgres://given:given@127.0.0.1:1/given',
  S3_ENDPOINT: 'http://127.0.0.1:2',
  TEMPORAL_ADDRESS: '127.0.0.1:3',
};

/** A running (or ended) `atelier up`. */
export interface UpProcess {
  readonly home: string;
  readonly pid: number;
  /** What it printed for people so far. */
  progress(): string;
  /** The JSON document on stdout, once it is there. */
  result(withinMs?: number): Promise<Record<string, any>>;
  signal(name: NodeJS.Signals): void;
  /** Exit code; null after a signal. */
  exit(withinMs?: number): Promise<number | null>;
  /** Process ids by name, of all that it noted. */
  pids(): Record<string, number>;
}

const running = new Set<ChildProcess>();
const homes = new Set<string>();

/** A home that is removed by `cleanUp`, in a folder that other users (such as the one Postgres runs as for root) cannot enter. */
export function newHome(): string {
  const closed = mkdtempSync(join(tmpdir(), 'atelier-up-'));
  homes.add(closed);
  const home = join(closed, 'home');
  mkdirSync(home);
  return home;
}

/** Ends what a failed test may have left. */
export async function cleanUp(): Promise<void> {
  for (const child of running) child.kill('SIGTERM');
  await eventually(() => running.size === 0, { withinMs: 30_000 });
  for (const home of homes) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts `atelier up` with stand-ins for api, worker and migration. */
export function startUp(home: string, variables: Record<string, string>, ...flags: readonly string[]): UpProcess {
  const child = spawn(process.execPath, [join(__dirname, 'fixtures', 'up.cjs'), ...flags], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ATELIER_HOME: home, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      said[name] += text;
    });
  }
  child.once('close', () => running.delete(child));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    home,
    pid: child.pid ?? 0,
    progress: () => said.stderr,
    result: async (withinMs = 40_000) => {
      const how = await eventually(() => (said.stdout.includes('\n') ? 'printed' : hasEnded() && 'ended'), { withinMs });
      if (how === 'ended') throw new Error(`atelier up ended:\n${said.stderr}`);
      return JSON.parse(said.stdout) as Record<string, any>;
    },
    signal: (name) => child.kill(name),
    exit: async (withinMs = 30_000) => {
      await eventually(() => !running.has(child), { withinMs });
      return child.exitCode;
    },
    pids: () => notedPids(home),
  };
}

function notedPids(home: string): Record<string, number> {
  const files = readdirSync(join(home, 'run')).filter((file) => file.endsWith('.pid.json'));
  const records = files.map((file) => JSON.parse(readFileSync(join(home, 'run', file), 'utf8')) as { name: string; pid: number });
  return Object.fromEntries(records.map(({ name, pid }) => [name, pid]));
}

/** True while a process of that id exists. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/** Ended, and not yet taken off the table by its parent or by init. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A listening server on a free port of loopback. */
export function occupyPort(): Promise<{ port: number; free: () => void }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, free: () => server.close() });
    });
  });
}
