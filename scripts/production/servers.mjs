/** The servers of one production run: two Postgres clusters, Temporal on one of them, an S3 server. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goProgram } from './programs.mjs';
import { WEED_PORTS, seaweedSpecs, versityGatewaySpec } from './object-stores.mjs';
import { TEMPORAL_PORTS, prepareDatabases, temporalServerSpec } from './temporal.mjs';

const require = createRequire(import.meta.url);
/** The built program: how Atelier itself starts servers and keeps them running. */
const built = (path) => require(`../../dist/adapters/embedded/${path}.js`);

/**
 * @param keepLogs folder to which the servers' logs go when they end; absent: they are removed
 * @returns the file that tells the suite where they are, and `stop`
 */
export async function startServers(s3, say, keepLogs) {
  const { ensureHome } = built('home');
  const { plainEnvironment } = built('environment');
  const { postgresSpec, postgresUrl } = built('parts/postgres');
  const { choosePorts } = built('ports');
  const { startGuardian } = built('guardian');
  const { supervise } = built('process/supervise');
  const { resolveBinary } = built('binaries/resolve');
  const { WEED } = built('binaries/wanted');

  const home = ensureHome(mkdtempSync(join(tmpdir(), 'atelier-production-')));
  const plain = plainEnvironment(process.env);
  const guardian = startGuardian();
  const context = { logs: home.logs, run: home.run, guardian, say: (line) => say(`  ${line}`), started: () => undefined };
  const running = [];
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
