import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually';

/** The server that is on this machine; null: none, and what needs it is not run. */
export function mariadb(): string | null {
  return ['/usr/sbin/mariadbd', '/usr/sbin/mysqld', '/usr/bin/mariadbd'].find((path) => existsSync(path)) ?? null;
}

export interface TestMariadb {
  url(database: string): string;
  load(database: string, sql: Buffer): Promise<void>;
  checksum(database: string): Promise<string>;
  drop(database: string): Promise<void>;
  stop(): Promise<void>;
}

/** A server of the test's own on a socket, without a network. */
export async function startMariadb(): Promise<TestMariadb> {
  const binary = mariadb();
  if (binary === null) throw new Error('There is no MariaDB server on this machine.');
  // A socket's path must be short.
  const home = mkdtempSync(join(tmpdir(), 'atelier-my-'));
  const data = join(home, 'data');
  const socket = join(home, 's');
  mkdirSync(data);
  run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--user=root',
  ]);
  const child = spawn(
    binary,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      '--skip-networking',
      '--user=root',
      `--pid-file=${join(home, 'pid')}`,
      '--innodb-buffer-pool-size=32M',
    ],
    { stdio: 'ignore' },
  );
  const client = (args: readonly string[], input?: Buffer): string =>
    run('mariadb', ['--no-defaults', `--socket=${socket}`, '-uroot', ...args], input);
  await eventually(() => client(['-e', 'select 1']), { withinMs: 60_000, everyMs: 250 });
  return {
    url: (database) => `mysql://root@localhost/${database}?socketPath=${encodeURIComponent(socket)}`,
    load(database, sql) {
      client(['-e', `create database ${database} character set utf8mb4`]);
      client([database], sql);
      return Promise.resolve();
    },
    checksum(database) {
      const tables = client(['-N', '-e', `select table_name from information_schema.tables where table_schema = '${database}' order by 1`]);
      const names = tables.split('\n').filter((name) => name !== '');
      const sums = client(['-N', database, '-e', `checksum table ${names.map((name) => `\`${name}\``).join(', ')}`]);
      return Promise.resolve(createHash('sha256').update(sums).digest('hex'));
    },
    drop(database) {
      client(['-e', `drop database ${database}`]);
      return Promise.resolve();
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function run(command: string, args: readonly string[], input?: Buffer): string {
  const done = spawnSync(command, args, { input: input ?? '', encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.status !== 0) throw new Error(`${command}: ${done.stderr} ${String(done.error ?? '')}`);
  return done.stdout;
}
