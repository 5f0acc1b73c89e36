/** S3 servers in the shape of production: SeaweedFS with its volume in a process of its own, and VersityGW on a folder. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { built } from '../lib/built.mjs';

/** @returns {typeof import('../../adapters/embedded/parts/object-store.js')} */
const embedded = () => built('adapters/embedded/parts/object-store');

export const WEED_PORTS = ['s3', 's3Grpc', 'master', 'masterGrpc', 'filer', 'filerGrpc', 'volume', 'volumeGrpc'];

/** @type {Pick<ProcessSpec, 'kind' | 'stopSignal' | 'stopWithinMs' | 'readyWithinMs'>} */
const server = { kind: 'server', stopSignal: 'SIGTERM', stopWithinMs: 8_000, readyWithinMs: 60_000 };
/** @param {Record<string, string | number | boolean | undefined>} values */
const options = (values) => Object.entries(values).map(([name, value]) => `-${name}=${value}`);

/**
 * @typedef {import('../../adapters/embedded/process/spec.js').ProcessSpec} ProcessSpec
 * @typedef {object} Store
 * @property {string} folder
 * @property {string} program
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {Readonly<Record<string, string | undefined>>} plain - the environment of servers
 */

/**
 * Master, filer and S3 in one process; the volume, which holds the bytes, in another.
 * @param {Store & { ports: Record<string, number> }} store
 * @returns {ProcessSpec[]}
 */
export function seaweedSpecs({ folder, program, ports, accessKeyId, secretAccessKey, plain }) {
  const { canWrite, s3Answers, writeIdentities } = embedded();
  const identities = join(folder, 's3-identities.json');
  writeIdentities(identities, { accessKeyId, secretAccessKey });
  for (const name of ['weed', 'volume']) mkdirSync(join(folder, name), { recursive: true });
  const shared = { ...server, command: program, environment: { ...plain, HOME: folder }, word: program };
  return [
    {
      ...shared,
      name: 'weed',
      title: 'SeaweedFS (master, filer, S3)',
      args: [
        'server',
        ...options({
          dir: join(folder, 'weed'),
          ip: '127.0.0.1',
          'ip.bind': '127.0.0.1',
          volume: false,
          filer: true,
          'filer.port': ports.filer,
          'filer.port.grpc': ports.filerGrpc,
          s3: true,
          's3.config': identities,
          's3.port': ports.s3,
          's3.port.grpc': ports.s3Grpc,
          's3.port.iceberg': 0,
          's3.port.lance': 0,
          's3.iam': false,
          'master.port': ports.master,
          'master.port.grpc': ports.masterGrpc,
          'master.telemetry': false,
          'master.volumeSizeLimitMB': 64,
        }),
      ],
      where: `127.0.0.1:${ports.s3}`,
      // The volume is another process, so a write is no part of this.
      isReady: () => s3Answers(ports.s3),
    },
    {
      ...shared,
      name: 'weed-volume',
      title: 'SeaweedFS (volume)',
      args: [
        'volume',
        ...options({
          dir: join(folder, 'volume'),
          ip: '127.0.0.1',
          'ip.bind': '127.0.0.1',
          // A bucket takes several volumes at its first object, and each installation of the suite has a bucket.
          max: 5_000,
          master: `127.0.0.1:${ports.master}.${ports.masterGrpc}`,
          port: ports.volume,
          'port.grpc': ports.volumeGrpc,
          preStopSeconds: 0,
        }),
      ],
      where: `127.0.0.1:${ports.volume}`,
      isReady: () => canWrite(`http://127.0.0.1:${ports.filer}`),
    },
  ];
}

/** One process on a folder of the file system; what S3 knows of a file stands in a folder beside it. @param {Store & { port: number }} store @returns {ProcessSpec} */
export function versityGatewaySpec({ folder, program, port, accessKeyId, secretAccessKey, plain }) {
  const { s3Answers } = embedded();
  const [objects, facts] = [join(folder, 'objects'), join(folder, 'facts')];
  for (const one of [objects, facts]) mkdirSync(one, { recursive: true });
  return {
    ...server,
    name: 'versitygw',
    title: 'VersityGW',
    command: program,
    args: ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', '--quiet', '--keep-alive', 'posix', '--sidecar', facts, objects],
    environment: { ...plain, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    word: program,
    where: `127.0.0.1:${port}`,
    isReady: () => s3Answers(port),
  };
}
