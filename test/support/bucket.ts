import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { suiteValue } from './suite-environment';

/** An S3 bucket and how to reach it; the shape of `Settings.s3`. */
export interface TestBucket {
  readonly endpoint: string;
  readonly publicEndpoint: null;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Gives the test file (or `describe`) an empty bucket; it goes with the suite's home. Read it inside a test or hook. */
export function useBucket(): TestBucket {
  let made: TestBucket | undefined;
  beforeAll(async () => {
    made = await createTestBucket();
  });
  const get = (): TestBucket => {
    if (made === undefined) throw new Error('The bucket is made in beforeAll: read it inside a test or hook.');
    return made;
  };
  return {
    get endpoint() {
      return get().endpoint;
    },
    publicEndpoint: null,
    get bucket() {
      return get().bucket;
    },
    region: 'us-east-1',
    get accessKeyId() {
      return get().accessKeyId;
    },
    get secretAccessKey() {
      return get().secretAccessKey;
    },
  };
}

/** Makes an empty bucket. */
export async function createTestBucket(): Promise<TestBucket> {
  const settings: TestBucket = {
    endpoint: suiteValue('s3Endpoint'),
    publicEndpoint: null,
    bucket: `test-${randomBytes(6).toString('hex')}`,
    region: 'us-east-1',
    accessKeyId: suiteValue('s3AccessKeyId'),
    secretAccessKey: suiteValue('s3SecretAccessKey'),
  };
  const client = new S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    forcePathStyle: true,
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
  });
  await client.send(new CreateBucketCommand({ Bucket: settings.bucket }));
  client.destroy();
  return settings;
}
