/** The servers of one production run: two Postgres clusters, Temporal on one of them, an S3 server. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../lib/built.mjs';
import { goProgram } from './programs.mjs';
import { WEED_PORTS, seaweedSpecs, versityGatewaySpec } from './object-stores.mjs';
import { TEMPORAL_PORTS, prepareDatabases, temporalServerSpec } from './temporal.mjs';

/**
 * @param {string} s3
 * @param {(line: string) => void} say
 * @param {string} [keepLogs] folder to which the servers' logs go when they end; absent: they are removed
 * @returns the file that tells the suite where they are, and `stop`
 */
export async function startServers(s3, say, keepLogs) {
  /** @type {typeof import('../../adapters/embedded/home.js')} */
  const { ensureHome } = built('adapters/embedded/home');
  /** @type {typeof import('../../adapters/embedded/process/spec.js')} */
  const { plainEnvironment } = built('adapters/embedded/process/spec');
  /** @type {typeof import('../../adapters/embedded/parts/postgres.js')} */
  const { postgresSpec, postgresUrl } = built('adapters/embedded/parts/postgres');
  /** @type {typeof import('../../adapters/embedded/ports.js')} */
  const { choosePorts } = built('adapters/embedded/ports');
  /** @type {typeof import('../../adapters/embedded/guardian.js')} */
  const { startGuardian } = built('adapters/embedded/guardian');
  /** @type {typeof import('../../adapters/embedded/process/supervise.js')} */
  const { supervise } = built('adapters/embedded/process/supervise');
  /** @type {typeof import('../../adapters/embedded/binaries/resolve.js')} */
  const { resolveBinary } = built('adapters/embedded/binaries/resolve');
  /** @type {typeof import('../../adapters/embedded/binaries/wanted.js')} */
  const { WEED } = built('adapters/embedded/binaries/wanted');

  const home = ensureHome(mkdtempSync(join(tmpdir(), 'atelier-production-')));
  const plain = plainEnvironment(process.env);
  const guardian = startGuardian();
  const context = {
    logs: home.logs,
    run: home.run,
    guardian,
    say: (/** @type {string} */ line) => say(`  ${line}`),
    started: () => undefined,
  };
  /** @type {{ stop(): Promise<void> }[]} */
  const running = [];
  /** @param {import('./object-stores.mjs').ProcessSpec} spec */
  const start = async (spec) => {
    const one = supervise(spec, context);
    running.push(one);
    const ms = await one.start();
    say(`✓ ${spec.title} ready on ${spec.where} (${(ms / 1_000).toFixed(1)} s)`);
  };
  const stop = async () => {
    for (const one of running.toReversed()) await one.stop();
    guardian.dismiss();
    if (keepLogs !== undefined) cpSync(home.logs, join(keepLogs, s3), { recursive: true });
    rmSync(home.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  /** @param {string} name */
  const folderOf = (name) => {
    const folder = join(home.root, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };

  try {
    const [temporalServer, sqlTool, s3Program] = [
      await goProgram('temporal-server', say),
      await goProgram('temporal-sql-tool', say),
      s3 === 'weed'
        ? await resolveBinary(WEED, { home, environment: process.env, say, stop: new AbortController().signal })
        : await goProgram('versitygw', say),
    ];
    const names = ['postgres', 'temporalPostgres', ...TEMPORAL_PORTS, ...WEED_PORTS];
    const ports = await choosePorts(home, names);
    const secrets = {
      password: randomBytes(18).toString('hex'),
      accessKeyId: randomBytes(10).toString('hex'),
      secretAccessKey: randomBytes(20).toString('hex'),
    };
    /** @param {string} name @param {number} port */
    const cluster = (name, port) => ({
      ...postgresSpec({
        home: { ...home, postgres: join(home.root, name) },
        environment: process.env,
        port,
        password: secrets.password,
        durable: true,
      }),
      name,
      title: `Postgres (${name})`,
    });
    await Promise.all([start(cluster('postgres', ports.postgres)), start(cluster('temporal-postgres', ports.temporalPostgres))]);
    const database = new URL(postgresUrl({ port: ports.temporalPostgres, password: secrets.password }));
    await prepareDatabases(sqlTool, database);
    await start(temporalServerSpec({ folder: folderOf('temporal'), program: temporalServer, ports, database, plain }));
    const shared = { folder: folderOf('s3'), program: s3Program, plain, ...secrets };
    const stores = s3 === 'weed' ? seaweedSpecs({ ...shared, ports }) : [versityGatewaySpec({ ...shared, port: ports.s3 })];
    for (const spec of stores) await start(spec);

    const file = join(home.root, 'parts.json');
    const told = {
      databaseUrl: postgresUrl({ port: ports.postgres, password: secrets.password }),
      temporalAddress: `127.0.0.1:${ports['frontend.grpc']}`,
      s3Endpoint: `http://127.0.0.1:${ports.s3}`,
      s3AccessKeyId: secrets.accessKeyId,
      s3SecretAccessKey: secrets.secretAccessKey,
      run: home.run,
      processes: { postgres: 'postgres', temporal: 'temporal', weed: s3 },
    };
    writeFileSync(file, JSON.stringify(told), { mode: 0o600 });
    return { file, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
