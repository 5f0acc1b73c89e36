import { resolveBinary } from './binaries/resolve';
import { TEMPORAL, WEED } from './binaries/wanted';
import type { Home } from './home';
import { BUCKET, OBJECT_STORE_PORTS, type ObjectStorePorts, objectStoreSpec } from './parts/object-store';
import { postgresSpec, postgresUrl } from './parts/postgres';
import { temporalSpec } from './parts/temporal';
import { type Ports, choosePorts } from './ports';
import type { Environment, ProcessSpec } from './process/spec';
import { partSecrets } from './secrets';

/** The parts of the embedded default that can be started. */
export type Part = 'postgres' | 's3' | 'temporal';

export interface ServicesOptions {
  readonly home: Home;
  readonly environment: Environment;
  readonly say: (line: string) => void;
  /** Aborted: what is still being fetched is given up. */
  readonly stop: AbortSignal;
  /** The parts to start; the others' addresses were given. */
  readonly parts: readonly Part[];
  /** False for throw-away data. */
  readonly durable: boolean;
}

/** The chosen servers, ready to be started, and how to reach them. */
export interface Services {
  /** Each is resolved by itself, so that one that must be fetched does not hold up the others. */
  readonly specs: readonly Promise<ProcessSpec>[];
  /** Variables for the processes that use the servers. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: Ports;
  /** Address of Temporal's web page; null when Temporal was given. */
  readonly temporalUi: string | null;
}

const PORTS_OF: Readonly<Record<Part, readonly string[]>> = {
  postgres: ['postgres'],
  s3: OBJECT_STORE_PORTS.map((name) => `s3.${name}`),
  temporal: ['temporal', 'temporal.ui', 'temporal.http', 'temporal.metrics'],
};

/** Chooses ports and passwords for the parts and says how to start and to reach them. */
export async function planServices(options: ServicesOptions): Promise<Services> {
  const { home, environment, parts, durable } = options;
  const secrets = partSecrets(home);
  const ports = await choosePorts(
    home,
    parts.flatMap((part) => PORTS_OF[part]),
  );
  const port = (name: string): number => ports[name] ?? 0;
  const password = secrets.postgresPassword;
  const s3 = Object.fromEntries(OBJECT_STORE_PORTS.map((name) => [name, port(`s3.${name}`)])) as ObjectStorePorts;
  const plans: Record<Part, { spec: () => Promise<ProcessSpec>; environment: Record<string, string> }> = {
    postgres: {
      spec: () => Promise.resolve().then(() => postgresSpec({ home, environment, port: port('postgres'), password, durable })),
      environment: { DATABASE_URL: postgresUrl({ port: port('postgres'), password }) },
    },
    s3: {
      spec: async () =>
        objectStoreSpec({
          home,
          environment,
          binary: await resolveBinary(WEED, options),
          ports: s3,
          durable,
          accessKeyId: secrets.s3AccessKeyId,
          secretAccessKey: secrets.s3SecretAccessKey,
        }),
      environment: {
        S3_ENDPOINT: `http://127.0.0.1:${s3.s3}`,
        S3_BUCKET: BUCKET,
        S3_REGION: 'us-east-1',
        S3_ACCESS_KEY_ID: secrets.s3AccessKeyId,
        S3_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
      },
    },
    temporal: {
      spec: async () =>
        temporalSpec({
          home,
          environment,
          binary: await resolveBinary(TEMPORAL, options),
          ports: {
            frontend: port('temporal'),
            ui: port('temporal.ui'),
            http: port('temporal.http'),
            metrics: port('temporal.metrics'),
          },
        }),
      environment: {
        TEMPORAL_ADDRESS: `127.0.0.1:${port('temporal')}`,
        TEMPORAL_NAMESPACE: 'default',
        ATELIER_TEMPORAL_UI_URL: `http://127.0.0.1:${port('temporal.ui')}`,
      },
    },
  };
  return {
    specs: parts.map((part) => plans[part].spec()),
    environment: Object.assign({}, ...parts.map((part) => plans[part].environment)) as Record<string, string>,
    ports,
    temporalUi: parts.includes('temporal') ? `http://127.0.0.1:${port('temporal.ui')}` : null,
  };
}
