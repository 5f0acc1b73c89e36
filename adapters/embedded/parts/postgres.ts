import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgresBinaries } from '../binaries/postgres';
import { StartFailure } from '../failure';
import { type Environment, plainEnvironment } from '../environment';
import type { Home } from '../home';
import type { ProcessSpec } from '../process/spec';
import { type OtherUser, otherUserThanRoot } from '../process/user';
import { portIsServed } from './probes';

const run = promisify(execFile);
const DATABASE = 'atelier';

export interface PostgresOptions {
  readonly home: Home;
  readonly environment: Environment;
  readonly port: number;
  readonly password: string;
  /** False only for throw-away data (tests): a crash of the machine may then lose it. */
  readonly durable: boolean;
}

/** The address of the embedded database. */
export function postgresUrl({ port, password }: { readonly port: number; readonly password: string }): string {
  return `postgres://atelier:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/** Postgres from npm's binaries, on loopback, over TCP only. The data folder is made at the first start. */
export function postgresSpec(options: PostgresOptions): ProcessSpec {
  const { home, environment, port, durable } = options;
  const { initdb, postgres } = postgresBinaries();
  const way = otherUserThanRoot(home.postgres, postgres);
  const data = join(home.postgres, 'data');
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=128MB',
    'lc_messages=C',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const [command, ...args] = [...way.prefix, postgres, '-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  return {
    name: 'postgres',
    title: 'Postgres',
    command: command ?? postgres,
    args,
    environment: { ...plainEnvironment(environment), LC_ALL: 'C', TZ: 'UTC' },
    ...(way.user === undefined ? {} : { user: way.user }),
    word: 'postgres',
    kind: 'server',
    // Fast shutdown: SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    stopWithinMs: 10_000,
    readyWithinMs: 60_000,
    where: `127.0.0.1:${port}`,
    prepare: async () => {
      await initialise({ initdb, postgres, home, data, password: options.password, way, environment: plainEnvironment(environment) });
      forgetDeadServer(data);
    },
    isReady: async () => saysReady(data) && (await portIsServed(port)),
  };
}

interface Initialisation {
  readonly initdb: string;
  readonly postgres: string;
  readonly home: Home;
  readonly data: string;
  readonly password: string;
  readonly way: OtherUser;
  readonly environment: Environment;
}

/** Makes the cluster; a first start that was cut short is simply done again. */
async function initialise({ initdb, postgres, home, data, password, way, environment }: Initialisation): Promise<void> {
  const done = join(home.postgres, 'initialised');
  if (existsSync(done)) return;
  rmSync(data, { recursive: true, force: true });
  const passwordFile = join(home.postgres, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (way.user !== undefined) chownSync(passwordFile, way.user.uid, way.user.gid);
  const options = { ...way.user, cwd: home.postgres, env: { ...environment, LC_ALL: 'C', TZ: 'UTC' } };
  try {
    await runWith(way, options, [
      initdb,
      `--pgdata=${data}`,
      '--auth=scram-sha-256',
      '--username=atelier',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ]);
    await runWith(way, options, [postgres, '--single', '-D', data, 'postgres'], `CREATE DATABASE ${DATABASE};\n`);
  } catch (error) {
    const said =
      String((error as { stderr?: string }).stderr ?? error)
        .trim()
        .split('\n')
        .at(-1) ?? '';
    throw new StartFailure(`Postgres could not make its data folder ${data}: ${said}`, error);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(done, '');
}

async function runWith(way: OtherUser, options: object, words: readonly string[], input?: string): Promise<void> {
  const [command, ...args] = [...way.prefix, ...words];
  const running = run(command ?? '', args, { ...options, encoding: 'utf8' });
  running.child.stdin?.end(input ?? '');
  await running;
}

/** After a crash the file of the old server stays; its process id may be a stranger's by now, and Postgres would refuse to start. */
function forgetDeadServer(data: string): void {
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

/** The server writes its state into line 8 of its process file. */
function saysReady(data: string): boolean {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}
