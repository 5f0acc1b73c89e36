import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { useBucket } from '../support/stack';

const bucket = useBucket();

test('a bucket of the shared S3 keeps an object', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = bucket;
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  await client.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: 'a/b', Body: 'kept' }));
  const answer = await client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key: 'a/b' }));
  expect(await answer.Body?.transformToString()).toBe('kept');
  client.destroy();
});
