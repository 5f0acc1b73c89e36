import { join } from 'node:path';
import type { Home } from '../home';
import { writeJson } from '../json-file';
import { plainEnvironment, type Environment, type ProcessSpec } from '../process/spec';
import { httpStatus } from './probes';

export const BUCKET = 'atelier';

/**
 * Above the 220 to 300 MiB that it sets aside without touching them: at a lower limit the collector never rests (8 % of a processor when idle,
 * seven times the time for a file) and saves nothing.
 */
const GOMEMLIMIT = '300MiB';

/** Ports of `weed mini`, all named so that none is left to its default. */
export const OBJECT_STORE_PORTS = [
  's3',
  'master',
  'volume',
  'filer',
  'metrics',
  's3Grpc',
  'masterGrpc',
  'volumeGrpc',
  'filerGrpc',
  'admin',
] as const;
export type ObjectStorePorts = Readonly<Record<(typeof OBJECT_STORE_PORTS)[number], number>>;

export interface ObjectStoreOptions {
  readonly home: Home;
  readonly environment: Environment;
  readonly binary: string;
  readonly ports: ObjectStorePorts;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** False: what it stores is thrown away soon. */
  readonly durable: boolean;
}

/**
 * Each bucket takes a volume of its own, and by default there are as many as the disk has room for when all are full. A suite has a small bucket for
 * each of its files, which would use them up.
 */
const VOLUMES_OF_A_SUITE = 2_000;

/** SeaweedFS as the S3 server: one process, on loopback. Its filer answers without a key, so its ports are never to be called for users. */
export function objectStoreSpec({ home, environment, binary, ports, durable, ...keys }: ObjectStoreOptions): ProcessSpec {
  const identities = join(home.root, 's3-identities.json');
  const options: Record<string, string | number | boolean> = {
    dir: home.objects,
    ip: '127.0.0.1',
    'ip.bind': '127.0.0.1',
    bucket: BUCKET,
    's3.config': identities,
    's3.port': ports.s3,
    's3.port.grpc': ports.s3Grpc,
    's3.port.iceberg': 0,
    's3.port.lance': 0,
    's3.iam': false,
    'master.port': ports.master,
    'master.port.grpc': ports.masterGrpc,
    'master.telemetry': false,
    'volume.port': ports.volume,
    'volume.port.grpc': ports.volumeGrpc,
    'filer.port': ports.filer,
    'filer.port.grpc': ports.filerGrpc,
    metricsPort: ports.metrics,
    metricsIp: '127.0.0.1',
    webdav: false,
    'admin.ui': false,
    'admin.port': ports.admin,
    ...(durable ? {} : { 'volume.max': VOLUMES_OF_A_SUITE }),
  };
  const filer = `http://127.0.0.1:${ports.filer}`;
  return {
    name: 'weed',
    title: 'S3',
    command: binary,
    args: ['mini', ...Object.entries(options).map(([name, value]) => `-${name}=${String(value)}`)],
    environment: { ...plainEnvironment(environment), HOME: home.objects, GOMEMLIMIT },
    niceness: 2,
    word: 'weed',
    kind: 'server',
    stopSignal: 'SIGTERM',
    stopWithinMs: 6_000,
    readyWithinMs: 60_000,
    where: `127.0.0.1:${ports.s3}`,
    prepare: () => {
      writeIdentities(identities, keys);
      return Promise.resolve();
    },
    isReady: async () => (await s3Answers(ports.s3)) && (await canWrite(filer)) && (await hasBucket(filer)),
  };
}

async function hasBucket(filer: string): Promise<boolean> {
  return (await httpStatus(`${filer}/buckets/${BUCKET}/`, { method: 'HEAD' })) === 200;
}

/** After a restart a first write may wait for the volume's next report, which comes every 5 s. */
const WRITE_PATIENCE_MS = 10_000;

/** Writes SeaweedFS's `-s3.config`: one identity, which may do what Atelier does. */
export function writeIdentities(file: string, keys: { readonly accessKeyId: string; readonly secretAccessKey: string }): void {
  const credentials = [{ accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey }];
  writeJson(file, { identities: [{ name: 'atelier', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] });
}

/** An S3 server answers, whatever it says. */
export async function s3Answers(port: number): Promise<boolean> {
  return (await httpStatus(`http://127.0.0.1:${port}/`)) !== null;
}

/** Proves that a volume takes writes, which comes some time after the ports answer. */
export async function canWrite(filer: string): Promise<boolean> {
  const status = await httpStatus(`${filer}/ready/probe`, { method: 'PUT', body: 'ready' }, WRITE_PATIENCE_MS);
  return status !== null && status < 300;
}
