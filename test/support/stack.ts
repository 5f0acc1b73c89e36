import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMPLE_VARIABLES } from '../../adapters/embedded/sample-config';
import { SAMPLE_TEAM_CONFIG, SANDBOX_CONFIG } from './sample-config';
import { createTestBucket } from './bucket';
import { ensureBuilt } from './build';
import { createTestDatabase, dropTestDatabase } from './database';
import { eventually } from './eventually';
import { type Role, type RoleProcess, startRole } from './role-process';
import { suiteValue } from './suite-environment';

export { useBucket } from './bucket';
export { useDatabase } from './database';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
const READY_WITHIN_MS = 40_000;
const ENDS_WITHIN_MS = 30_000;

/** Address of the suite's Temporal frontend, `host:port`. */
export function temporalAddress(): string {
  return suiteValue('temporalAddress');
}

export interface AtelierOptions {
  /** The configuration file's text. Default: the sandbox models. Without a `teams:` line the sample team is added. */
  readonly config?: string;
  /** Further variables of the processes, such as the values of `${NAME}` references. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A test installation: an api and a worker process of their own on the suite's servers. */
export interface TestAtelier {
  /** With `/v1`, as SDKs want it. */
  readonly baseUrl: string;
  /** Without a path. */
  readonly origin: string;
  readonly adminKey: string;
  /** The sample team's keys (unknown to the installation when `config` names teams). */
  readonly keys: { readonly production: string; readonly test: string; readonly script: string; readonly personal: string };
  readonly callbackSecret: string;
  /** The environment of its processes, for running the CLI against it. */
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  readonly queuePrefix: string;
  /** What a process wrote since its first start. */
  log(role: Role): string;
  /** Ends a process, by default with SIGKILL, and waits until it is gone. */
  kill(role: Role, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a process that was killed; waits until the installation is ready. */
  restart(role: Role): Promise<void>;
  /** Ends everything and removes the database and files. */
  stop(): Promise<void>;
}

/** Starts an installation with its own database, bucket and task queues; resolves when `/readyz` says so. */
export async function startAtelier(options: AtelierOptions = {}): Promise<TestAtelier> {
  await ensureBuilt();
  const home = mkdtempSync(join(tmpdir(), 'atelier-stack-'));
  mkdirSync(join(home, 'logs'));
  const [databaseUrl, bucket, port] = await Promise.all([createTestDatabase(), createTestBucket(), freePort()]);
  const key = (): string => `sk-atelier-${randomBytes(24).toString('hex')}`;
  const keys = { production: key(), test: key(), script: key(), personal: key() };
  const adminKey = key();
  const callbackSecret = `whsec_${randomBytes(24).toString('base64')}`;
  const queuePrefix = `${randomBytes(4).toString('hex')}-`;
  const config = options.config ?? SANDBOX_CONFIG;
  const files = { config: join(home, 'config.yaml'), ports: join(home, 'listening-ports.json') };
  writeFileSync(files.config, /^teams:/m.test(config) ? config : `${config}\n${SAMPLE_TEAM_CONFIG}`);
  writeFileSync(files.ports, JSON.stringify([port, ...[databaseUrl, bucket.endpoint, `tcp://${temporalAddress()}`].map(portOf)]));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    // As the supervisor starts them.
    NODE_NO_WARNINGS: '1',
    PORT: String(port),
    HOST: '127.0.0.1',
    ATELIER_HOME: home,
    ATELIER_CONFIG: files.config,
    ATELIER_MASTER_KEY: randomBytes(32).toString('base64'),
    ATELIER_ADMIN_KEY: adminKey,
    ATELIER_ALLOW_LOOPBACK: 'true',
    ATELIER_PORTS_FILE: files.ports,
    ATELIER_QUEUE_PREFIX: queuePrefix,
    ATELIER_BASE_URL: `http://127.0.0.1:${port}/v1`,
    ATELIER_KEY: keys.production,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress(),
    S3_ENDPOINT: bucket.endpoint,
    S3_BUCKET: bucket.bucket,
    S3_REGION: bucket.region,
    S3_ACCESS_KEY_ID: bucket.accessKeyId,
    S3_SECRET_ACCESS_KEY: bucket.secretAccessKey,
    [SAMPLE_VARIABLES.production]: keys.production,
    [SAMPLE_VARIABLES.test]: keys.test,
    [SAMPLE_VARIABLES.script]: keys.script,
    [SAMPLE_VARIABLES.personal]: keys.personal,
    [SAMPLE_VARIABLES.callbackSecret]: callbackSecret,
    ...options.env,
  };
  const origin = `http://127.0.0.1:${port}`;
  const processes = new Map<Role, RoleProcess>();
  const logFile = (role: Role): string => join(home, 'logs', `${role}.log`);
  const start = (role: Role): void => {
    processes.set(role, startRole(role, env, logFile(role)));
  };
  const ready = async (): Promise<void> => {
    const answer = await eventually(() => readiness(origin, processes), { withinMs: READY_WITHIN_MS, everyMs: 50 });
    if (answer !== 'ready') throw new Error(answer);
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...processes.values()].map((one) => one.end('SIGTERM', ENDS_WITHIN_MS)));
    await dropTestDatabase(databaseUrl);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await run(process.execPath, [join(ROOT, 'dist', 'adapters', 'db', 'main.js'), 'up'], { env, cwd: ROOT });
    start('worker');
    start('api');
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    baseUrl: `${origin}/v1`,
    origin,
    adminKey,
    keys,
    callbackSecret,
    env,
    databaseUrl,
    queuePrefix,
    log: (role) => processes.get(role)?.log() ?? '',
    kill: async (role, signal = 'SIGKILL') => processes.get(role)?.end(signal, ENDS_WITHIN_MS),
    restart: async (role) => {
      if (processes.get(role)?.hasEnded() === false) await processes.get(role)?.end('SIGTERM', ENDS_WITHIN_MS);
      start(role);
      await ready();
    },
    stop,
  };
}

/** "ready", or why it never will be: nobody waits for a process that has ended. Throws while it may still come. */
async function readiness(origin: string, processes: ReadonlyMap<Role, RoleProcess>): Promise<string> {
  for (const [role, one] of processes) {
    if (one.hasEnded()) return `${role} ended while starting:\n${one.log().slice(-4_000)}`;
  }
  const response = await fetch(`${origin}/readyz`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`/readyz said ${response.status}: ${text}`);
  return 'ready';
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
