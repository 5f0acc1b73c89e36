import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { ListedObject } from '../../domain/storage';

/** One request's worth of a listing, for sweeping. */
export async function listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly ListedObject[]> {
  const answer = await client.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: page.limit,
      ...(page.after === '' ? {} : { StartAfter: page.after }),
    }),
  );
  return (answer.Contents ?? []).flatMap(({ Key, LastModified }) =>
    Key === undefined || LastModified === undefined ? [] : [{ key: Key, modifiedAt: LastModified }],
  );
}
