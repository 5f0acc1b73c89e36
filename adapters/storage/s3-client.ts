import { S3Client } from '@aws-sdk/client-s3';

/** Where the objects are and with which key they are reached. */
export interface S3Settings {
  readonly endpoint: string;
  /** The address that users' links name, when it differs from `endpoint`. */
  readonly publicEndpoint: string | null;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const CONNECT_TIMEOUT_MS = 2_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** A client that fails in seconds when nothing is there: three tries, short connects. */
export function createS3Client(settings: S3Settings, endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: settings.region,
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    // Buckets as host names need a wildcard DNS that self-hosted servers rarely have.
    forcePathStyle: true,
    // The SDK's default checksums travel as trailers, which S3-compatible servers and presigned links do not all take.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 128 },
      httpsAgent: { keepAlive: true, maxSockets: 128 },
    },
  });
}
