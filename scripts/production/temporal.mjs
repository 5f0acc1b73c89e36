/** A Temporal server on Postgres: its configuration file, its schema, its namespace. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { built } from '../lib/built.mjs';
import { codeOf } from '../lib/failure.mjs';
import { root } from '../lib/sources.mjs';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

export const TEMPORAL_PORTS = ['frontend', 'history', 'matching', 'worker'].flatMap((service) => [
  `${service}.grpc`,
  `${service}.membership`,
]);
const DATABASES = { temporal: 'temporal', visibility: 'temporal_visibility' };
const SHARDS = 4;
const RETENTION_SECONDS = 7 * 24 * 3_600;

/** JSON is YAML. @param {{ ports: Record<string, number>, database: URL, dynamicConfiguration: string }} options */
function configuration({ ports, database, dynamicConfiguration }) {
  /** @param {string} name */
  const store = (name) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName: name,
      connectAddr: `${database.hostname}:${database.port}`,
      connectProtocol: 'tcp',
      user: database.username,
      password: database.password,
      maxConns: 20,
      maxIdleConns: 20,
      maxConnLifetime: '1h',
    },
  });
  /** @param {string} name */
  const service = (name) => ({
    rpc: { grpcPort: ports[`${name}.grpc`], membershipPort: ports[`${name}.membership`], bindOnLocalHost: true },
  });
  const frontend = `127.0.0.1:${ports['frontend.grpc']}`;
  return JSON.stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      numHistoryShards: SHARDS,
      defaultStore: 'default',
      visibilityStore: 'visibility',
      datastores: { default: store(DATABASES.temporal), visibility: store(DATABASES.visibility) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(['frontend', 'history', 'matching', 'worker'].map((name) => [name, service(name)])),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: { active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: frontend } },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } },
    publicClient: { hostPort: frontend },
    dynamicConfigClient: { filepath: dynamicConfiguration, pollInterval: '60s' },
  });
}

/** Makes Temporal's two databases with the schemas that its tool holds. @param {string} sqlTool @param {URL} database */
export async function prepareDatabases(sqlTool, database) {
  for (const [schema, name] of Object.entries(DATABASES)) {
    /** @param {...string} words */
    const tool = (...words) =>
      run(
        sqlTool,
        ['--plugin', 'postgres12', '--ep', database.hostname, '--port', database.port, '--user', database.username, '--db', name, ...words],
        {
          env: { ...process.env, SQL_PASSWORD: database.password },
        },
      );
    await tool('create-database');
    await tool('setup-schema', '--version', '0.0');
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

/** Registers the namespace; done when it is there. @param {string} address */
async function registerNamespace(address) {
  /** @type {typeof import('@temporalio/client')} */
  const { Connection } = require('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    // protobuf.js takes numbers for its 64-bit integers; its types do not say so.
    await connection.workflowService.registerNamespace({
      namespace: 'default',
      workflowExecutionRetentionPeriod: { seconds: /** @type {any} */ (RETENTION_SECONDS) },
    });
  } catch (error) {
    // 6: it was there before.
    if (codeOf(error) !== '6') throw error;
  } finally {
    await connection.close();
  }
}

/**
 * How to run the server, as a part that is kept running. The dynamic configuration is the one of docker-compose.yml.
 * @param {{ folder: string, program: string, ports: Record<string, number>, database: URL, plain: Readonly<Record<string, string | undefined>> }} options
 * @returns {import('./object-stores.mjs').ProcessSpec}
 */
export function temporalServerSpec({ folder, program, ports, database, plain }) {
  const file = join(folder, 'temporal.yaml');
  const frontend = ports['frontend.grpc'];
  const dynamicConfiguration = join(root, 'deploy', 'temporal', 'dynamicconfig.yaml');
  writeFileSync(file, configuration({ ports, database, dynamicConfiguration }), { mode: 0o600 });
  /** @type {typeof import('../../adapters/embedded/parts/probes.js')} */
  const { temporalKnowsNamespace } = built('adapters/embedded/parts/probes');
  return {
    name: 'temporal',
    title: 'Temporal',
    command: program,
    args: ['--config-file', file, '--allow-no-auth', 'start'],
    environment: plain,
    word: program,
    kind: 'server',
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
    readyWithinMs: 90_000,
    where: `127.0.0.1:${frontend}`,
    isReady: async () => {
      await registerNamespace(`127.0.0.1:${frontend}`);
      return temporalKnowsNamespace(frontend, 'default');
    },
  };
}
