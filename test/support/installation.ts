import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './build';
import { eventually } from './eventually';
import { keepLogs } from './kept-logs';
import { productionParts } from './production';
import { startProductionInstallation } from './production-installation';

/** A process of the installation, by the name the supervisor gives it. */
export type PartName = 'api' | 'worker' | 'postgres' | 'temporal' | 'weed';

/** A whole `atelier up` in a home of its own: every server its own, every process kept running by the supervisor. */
export interface TestInstallation {
  /** Without a path. */
  readonly origin: string;
  readonly adminKey: string;
  readonly keys: Readonly<Record<'production' | 'test' | 'script' | 'personal', string>>;
  readonly home: string;
  /** Address of its Temporal frontend, `host:port`. */
  readonly temporalAddress: string;
  /** Process id of a part as it runs now. @throws Error while it is down */
  pid(part: PartName): number;
  /** Process ids of a part that may run more than once. */
  pids(part: PartName): readonly number[];
  /** Kills one part with SIGKILL, by its process id. The supervisor starts it again by itself. @returns the id that was killed */
  kill(part: PartName): number;
  /** Resolves once a part runs again under another process id and `/readyz` says that all is well. */
  isBack(part: PartName, formerPid: number): Promise<void>;
  /** What the supervisor told the console. */
  progress(): string;
  /** The end of a part's log, for the message of a failed test. */
  log(part: PartName): string;
  stop(): Promise<void>;
}

const ROOT = join(__dirname, '../..');
const START_MS = 120_000;
const BACK_MS = 60_000;
const STOP_MS = 60_000;

/** Starts `atelier up` as a user does, on a free port; on production parts what takes its place there. Without a `teams:` line the configuration gets the sample team. */
export async function startInstallation(options: {
  readonly config: string;
  /** A folder of the test's own, in which `home` is there already; it is left to the test. Default: a new one. */
  readonly folder?: string;
  /** Variables that it is started with; on production parts they are not given. */
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<TestInstallation> {
  const given = productionParts();
  if (given !== null) return startProductionInstallation(given, options.config);
  await ensureBuilt();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'atelier-whole-'));
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const configFile = join(folder, 'config.yaml');
  writeFileSync(configFile, options.config);
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'atelier.js'), 'up', '--json'], {
    env: { ...strangersEnvironment(), ...options.environment, ATELIER_HOME: home, ATELIER_CONFIG: configFile, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await eventually(hasEnded, { withinMs: STOP_MS });
    keepLogs(join(home, 'logs'), folder);
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  const how = await eventually(() => (said.stdout.includes('\n') ? 'started' : hasEnded() && 'ended'), { withinMs: START_MS }).catch(
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  if (how === 'ended') throw new Error(`atelier up ended:\n${said.stderr}`);
  const { base_url, admin_key, keys } = JSON.parse(said.stdout);
  const origin = new URL(base_url).origin;
  const pid = (part: PartName): number => JSON.parse(readFileSync(join(home, 'run', `${part}.pid.json`), 'utf8')).pid;

  return {
    origin,
    adminKey: admin_key,
    keys,
    home,
    temporalAddress: /Temporal ready on (\S+)/.exec(said.stderr)?.[1] ?? '',
    pid,
    pids: (part) => [pid(part)],
    kill(part) {
      const victim = pid(part);
      process.kill(victim, 'SIGKILL');
      return victim;
    },
    async isBack(part, formerPid) {
      await eventually(async () => pid(part) !== formerPid && (await fetch(`${origin}/readyz`)).status === 200, {
        withinMs: BACK_MS,
        everyMs: 100,
      });
    },
    progress: () => said.stderr,
    log: (part) => readFileSync(join(home, 'logs', `${part}.log`), 'utf8').slice(-4_000),
    stop,
  };
}

/** Ours without what points to an installation. */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(ATELIER_|S3_|TEMPORAL_ADDRESS|DATABASE_URL|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
