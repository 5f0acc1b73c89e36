import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { storageError } from './s3-errors';

const PART_BYTES = 8 * 1024 * 1024;

/** Uploads a body of unknown length in parts; a body that throws leaves nothing behind. */
export async function uploadStream(
  client: S3Client,
  target: { readonly bucket: string; readonly key: string; readonly contentType: string },
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  let thrown: { readonly error: unknown } | null = null;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      thrown = { error };
      throw error;
    }
  }
  const upload = new Upload({
    client,
    params: { Bucket: target.bucket, Key: target.key, ContentType: target.contentType, Body: Readable.from(watched()) },
    partSize: PART_BYTES,
    queueSize: 2,
    leavePartsOnError: false,
  });
  try {
    await upload.done();
  } catch (error) {
    const source = thrown as { readonly error: unknown } | null;
    throw source === null ? storageError(error, target.key) : source.error;
  }
}
