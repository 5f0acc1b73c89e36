import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { AppError } from '../../domain/errors';
import type { Logger } from '../../domain/log';
import type { HealthProbe } from '../../domain/upkeep';
import { createAsk, isAway, type Ask } from './away';
import { ensureSearchAttributes } from './search-attributes';

/** A connection to Temporal that clients and workers of the process share (eager starts need that). */
export interface Temporal {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  /** host:port */
  readonly address: string;
  readonly probe: HealthProbe;
  readonly ask: Ask;
  close(): Promise<void>;
}

const ANSWER_WITHIN_MS = 10_000;

/** To be called once, before the first connection: the process owns its shutdown, Temporal's log lines are ours. */
export function installTemporalRuntime(logger: Logger): void {
  const temporalLogger = logger.child({ part: 'temporal' });
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => {
        write(temporalLogger, level, message, meta);
      },
      trace: () => undefined,
      debug: () => undefined,
      info: () => undefined,
      warn: (message, meta) => {
        write(temporalLogger, 'WARN', message, meta);
      },
      error: (message, meta) => {
        write(temporalLogger, 'ERROR', message, meta);
      },
    },
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}

/**
 * Connects by Temporal's own environment configuration (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS..., profiles) and registers the
 * search attributes that the server does not know yet.
 * @param interceptors - of the client: they carry traces
 * @throws AppError `service_unavailable` when the server does not answer; what it answers (no such namespace, no right) as it is
 */
export async function connectTemporal(env: NodeJS.ProcessEnv, interceptors: readonly WorkflowClientInterceptor[] = []): Promise<Temporal> {
  const config = loadClientConnectConfig({ overrideEnvVars: definedOf(env) });
  try {
    return await open(config, interceptors);
  } catch (error) {
    if (!isAway(error)) throw error;
    const address = config.connectionOptions.address ?? 'its address';
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('service_unavailable', `Temporal at ${address} does not answer: ${reason}`, {}, error);
  }
}

async function open(
  config: ReturnType<typeof loadClientConnectConfig>,
  interceptors: readonly WorkflowClientInterceptor[],
): Promise<Temporal> {
  const namespace = config.namespace ?? 'default';
  // A local server gains nothing from compressing.
  const connection = await NativeConnection.connect({ ...config.connectionOptions, grpcCompression: { codec: 'none' } });
  const client = new Client({ connection, namespace, interceptors: { workflow: [...interceptors] } });
  try {
    await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => ensureSearchAttributes(connection, namespace));
  } catch (error) {
    await connection.close();
    throw error;
  }
  const ask = createAsk(connection);
  return {
    connection,
    client,
    namespace,
    address: config.connectionOptions.address ?? 'localhost:7233',
    ask,
    probe: {
      name: 'temporal',
      check: async () => {
        await ask(2_000, () => client.workflowService.getSystemInfo({}));
      },
    },
    close: () => connection.close(),
  };
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''));
}

function write(logger: Logger, level: string, message: string, meta: object | undefined): void {
  if (level === 'ERROR') logger.error(inOurNames(meta), message);
  else if (level === 'WARN') logger.warn(inOurNames(meta), message);
}

/** The SDK says `workflowId`; our lines are looked for by `workflow_id`. */
function inOurNames(meta: object | undefined): object {
  return Object.fromEntries(
    Object.entries(meta ?? {}).map(([name, value]: [string, unknown]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
