import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgresBinaries } from '../binaries/postgres';
import { StartFailure } from '../failure';
import { initialisedNote, isInitialised, type Home } from '../home';
import { commandLineOf, isRunning } from '../process/identify';
import { plainEnvironment, type Environment, type ProcessSpec } from '../process/spec';
import { stopProcess } from '../process/stop';
import { type OtherUser, otherUserThanRoot } from '../process/user';
import { portIsServed } from './probes';

const run = promisify(execFile);
const DATABASE = 'atelier';
const STOP_WITHIN_MS = 6_000;

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
    stopWithinMs: STOP_WITHIN_MS,
    readyWithinMs: 60_000,
    where: `127.0.0.1:${port}`,
    prepare: async () => {
      await initialise({ initdb, postgres, home, data, password: options.password, way, environment: plainEnvironment(environment) });
      await endEarlierServer(data);
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
  if (isInitialised(home)) return;
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
  writeFileSync(initialisedNote(home), '');
}

async function runWith(way: OtherUser, options: object, words: readonly string[], input?: string): Promise<void> {
  const [command, ...args] = [...way.prefix, ...words];
  const running = run(command ?? '', args, { ...options, encoding: 'utf8' });
  running.child.stdin?.end(input ?? '');
  await running;
}

/**
 * Postgres itself knows what to make of the process file of a dead server. Two cases it cannot settle: a server of ours that lives
 * on is ended; a stranger that got the same process id since makes the file a lie, which is removed.
 */
async function endEarlierServer(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = Number(linesOf(file)[0]);
  if (!(pid > 0) || !isRunning(pid)) return;
  if (commandLineOf(pid)?.includes(data) === true) await stopProcess(pid, 'SIGINT', STOP_WITHIN_MS);
  else rmSync(file, { force: true });
}

/** The server writes its state into line 8 of its process file. */
function saysReady(data: string): boolean {
  return linesOf(join(data, 'postmaster.pid'))[7]?.trim() === 'ready';
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
