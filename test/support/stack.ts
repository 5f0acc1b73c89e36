import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMPLE_VARIABLES } from '../../adapters/embedded/up/credentials';
import { SAMPLE_TEAM_CONFIG, SANDBOX_CONFIG } from './sample-config';
import { endAlertSchedule } from './alert-schedule';
import { createTestBucket } from './bucket';
import { ensureBuilt } from './build';
import { createEmptyDatabase, createTestDatabase, dropTestDatabase } from './database';
import { eventually } from './eventually';
import { keepLogs } from './kept-logs';
import { keptBodies } from './kept-bodies';
import { findLeaks, secretsAmong } from './leaks';
import { startFront } from './front';
import { productionParts } from './production';
import { type Role, type RoleProcess, ROOT, startRole } from './role-process';
import { suiteValue } from './suite-environment';

export { useBucket } from './bucket';
export { useDatabase } from './database';

const run = promisify(execFile);
const READY_WITHIN_MS = 90_000;
const ENDS_WITHIN_MS = 30_000;
/** What a process logs when it serves. */
const STARTED: Readonly<Record<Role, string>> = { api: 'the api listens', worker: 'the worker is ready' };

/** Address of the suite's Temporal frontend, `host:port`. */
export function temporalAddress(): string {
  return suiteValue('temporalAddress');
}

export interface AtelierOptions {
  /** The configuration file's text. Default: the sandbox models. Without a `teams:` line the sample team is added. */
  readonly config?: string;
  /** Further variables of the processes, such as the values of `${NAME}` references. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many api and how many worker processes there are; several api processes are behind one port. Default: 1, on production parts 2. */
  readonly copies?: number;
  /** How many worker processes there are, where that differs. */
  readonly workers?: number;
  /** A checkout of another version, built, whose processes run until `upgrade`. */
  readonly root?: string;
}

/** A test installation: api and worker processes of their own on the suite's servers. */
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
  /** How many api processes there are, and worker processes unless `workers` said otherwise. */
  readonly copies: number;
  /** Each api process by its own port, past what is in front of them. */
  readonly apiOrigins: readonly string[];
  /** Where each worker tells its metrics. */
  readonly workerOrigins: readonly string[];
  /** What the processes of a role wrote since their first start. */
  log(role: Role): string;
  /** Process ids of a role's processes as they run now. */
  pids(role: Role): readonly number[];
  /** Ends all processes of a role, by default with SIGKILL, and waits until they are gone. */
  kill(role: Role, signal?: NodeJS.Signals): Promise<void>;
  /** Starts the processes of a role that was killed; waits until the installation is ready. */
  restart(role: Role): Promise<void>;
  /** Ends one process of a role by SIGTERM, starts it again and waits until that one is ready, as a rolling restart does. */
  restartOne(role: Role, index: number): Promise<void>;
  /** Brings the database to this version while processes of the other one run; those that are started from now on are of this version. */
  upgrade(): Promise<void>;
  /** One more secret that must be found nowhere at the end: the keys of `env` are known. */
  watchSecret(secret: string): void;
  /** Ends everything and removes the database and files. @throws Error when a secret was written down anywhere (leaks.ts) */
  stop(): Promise<void>;
}

/** Starts an installation with its own database, bucket and task queues; resolves when `/readyz` says so. */
export async function startAtelier(options: AtelierOptions = {}): Promise<TestAtelier> {
  await ensureBuilt();
  const home = mkdtempSync(join(tmpdir(), 'atelier-stack-'));
  mkdirSync(join(home, 'logs'));
  const copies = options.copies ?? (productionParts() === null ? 1 : 2);
  const workers = options.workers ?? copies;
  const [databaseUrl, bucket, taken] = await Promise.all([
    options.root === undefined ? createTestDatabase() : createEmptyDatabase(),
    createTestBucket(),
    freePorts(copies + workers),
  ]);
  const [ports, metricsPorts] = [taken.slice(0, copies), taken.slice(copies)];
  const front = copies === 1 ? null : await startFront(ports);
  const port = front?.port ?? ports[0]!;
  const key = (): string => `sk-atelier-${randomBytes(24).toString('hex')}`;
  const keys = { production: key(), test: key(), script: key(), personal: key() };
  const adminKey = key();
  const callbackSecret = `whsec_${randomBytes(24).toString('base64')}`;
  const queuePrefix = `${randomBytes(4).toString('hex')}-`;
  const config = options.config ?? SANDBOX_CONFIG;
  const files = { config: join(home, 'config.yaml'), ports: join(home, 'listening-ports.json') };
  writeFileSync(files.config, /^teams:/m.test(config) ? config : `${config}\n${SAMPLE_TEAM_CONFIG}`);
  writeFileSync(files.ports, JSON.stringify([port, ...taken, ...[databaseUrl, bucket.endpoint, `tcp://${temporalAddress()}`].map(portOf)]));
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
  const apiOrigins = ports.map((one) => `http://127.0.0.1:${one}`);
  const processes: Record<Role, (RoleProcess | undefined)[]> = { api: [], worker: [] };
  let root = options.root ?? ROOT;
  const migrate = () => run(process.execPath, [join(root, 'dist', 'adapters', 'db', 'main.js'), 'up'], { env, cwd: root });
  const all = (): RoleProcess[] => [...processes.worker, ...processes.api].filter((one) => one !== undefined);
  const startOne = (role: Role, index: number): void => {
    const own = role === 'api' ? { PORT: String(ports[index]) } : { ATELIER_METRICS_PORT: String(metricsPorts[index]) };
    processes[role][index] = startRole(role, { ...env, ...own }, join(home, 'logs', `${role}-${index}.log`), root);
  };
  const start = (role: Role): void => {
    const count = role === 'api' ? copies : workers;
    for (let index = 0; index < count; index += 1) startOne(role, index);
  };
  const end = async (ones: readonly RoleProcess[], signal: NodeJS.Signals): Promise<void> => {
    await Promise.all(ones.filter((one) => !one.hasEnded()).map((one) => one.end(signal, ENDS_WITHIN_MS)));
  };
  const of = (role: Role): RoleProcess[] => processes[role].filter((one) => one !== undefined);
  const ready = async (): Promise<void> => {
    const answer = await eventually(() => readiness([...new Set([origin, ...apiOrigins])], all()), {
      withinMs: READY_WITHIN_MS,
      everyMs: 50,
    });
    if (answer !== 'ready') throw new Error(answer);
  };
  const secrets = [
    adminKey,
    callbackSecret,
    ...Object.values(keys),
    env['ATELIER_MASTER_KEY'],
    bucket.secretAccessKey,
    ...secretsOf(options.env),
  ];
  const leaks = async (): Promise<readonly string[]> => {
    const metrics = await fetch(`${origin}/metrics`).then(
      (response) => response.text(),
      () => '',
    );
    const bodies = await keptBodies(databaseUrl, origin, adminKey).catch(() => []);
    await end(all(), 'SIGTERM');
    return findLeaks(secretsAmong(secrets), {
      databaseUrl,
      bucket,
      logs: join(home, 'logs'),
      temporalAddress: temporalAddress(),
      queuePrefix,
      texts: [{ where: '/metrics', text: metrics }, ...bodies],
    });
  };
  const remove = async (): Promise<void> => {
    await end(all(), 'SIGTERM');
    await endAlertSchedule(temporalAddress(), queuePrefix).catch(() => undefined);
    await front?.close();
    await dropTestDatabase(databaseUrl);
    keepLogs(join(home, 'logs'), home);
    rmSync(home, { recursive: true, force: true });
  };
  const stop = async (): Promise<void> => {
    const found = await leaks().finally(remove);
    if (found.length > 0) throw new Error(`Secrets were written down:\n${found.join('\n')}`);
  };
  try {
    await migrate();
    start('worker');
    start('api');
    await ready();
  } catch (error) {
    await remove();
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
    copies,
    apiOrigins,
    workerOrigins: metricsPorts.map((one) => `http://127.0.0.1:${one}`),
    log: (role) =>
      of(role)
        .map((one) => one.log())
        .join(''),
    pids: (role) => of(role).map((one) => one.pid),
    kill: (role, signal = 'SIGKILL') => end(of(role), signal),
    restart: async (role) => {
      await end(of(role), 'SIGTERM');
      start(role);
      await ready();
    },
    restartOne: async (role, index) => {
      await end(of(role).slice(index, index + 1), 'SIGTERM');
      startOne(role, index);
      await processes[role][index]?.says(STARTED[role], READY_WITHIN_MS);
      await ready();
    },
    async upgrade() {
      root = ROOT;
      await migrate();
    },
    watchSecret: (secret) => {
      secrets.push(secret);
    },
    stop,
  };
}

/** The values of variables that hold one. */
function secretsOf(env: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => (/KEY|SECRET|TOKEN|PASSWORD/.test(name) ? [value] : []));
}

/** "ready", or why it never will be: nobody waits for a process that has ended. Throws while it may still come. */
async function readiness(origins: readonly string[], processes: readonly RoleProcess[]): Promise<string> {
  for (const one of processes) if (one.hasEnded()) return `${one.role} ended while starting:\n${one.log().slice(-4_000)}`;
  for (const origin of origins) {
    const response = await fetch(`${origin}/readyz`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`/readyz said ${response.status}: ${text}`);
  }
  return 'ready';
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** All are taken before the first is given back, so that none is given twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      return port;
    }),
  );
}
