import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ListedObject, ObjectStore, StoredObject } from '../../domain/storage';
import type { HealthProbe } from '../../domain/upkeep';
import { createS3Client, type S3Settings } from './s3-client';
import { isMissing, storageError } from './s3-errors';
import { uploadStream } from './upload';

const PROBE_TIMEOUT_MS = 3_000;
const MAX_LINK_AGE_S = 604_800;

/** The object store with the cheap question behind `/readyz`. */
export interface S3ObjectStore extends ObjectStore {
  /** Resolves when the bucket answers. @throws AppError `service_unavailable`, `not_found` for a missing bucket */
  ping(): Promise<void>;
  /** Closes idle connections. */
  close(): void;
}

/** Objects in one bucket of any S3-compatible server. Every failure is an AppError; S3 out of reach is `service_unavailable`. */
export function createObjectStore(settings: S3Settings): S3ObjectStore {
  const client = createS3Client(settings, settings.endpoint);
  const linkClient = settings.publicEndpoint === null ? client : createS3Client(settings, settings.publicEndpoint);
  const bucket = settings.bucket;

  async function guarded<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storageError(error, key);
    }
  }

  async function get(key: string, range?: string): Promise<StoredObject> {
    const Range = usableRange(range);
    const answer = await guarded(key, () =>
      client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...(Range === undefined ? {} : { Range }) })),
    );
    return {
      body: readBody(answer, key),
      contentType: answer.ContentType ?? 'application/octet-stream',
      bytes: answer.ContentLength ?? 0,
      contentRange: answer.ContentRange ?? null,
    };
  }

  return {
    get,
    async put(key, body, contentType) {
      await guarded(key, () => client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType })));
    },
    async putStream(key, body, contentType) {
      await uploadStream(client, { bucket, key, contentType }, body);
    },
    async read(key) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await get(key)).body) {
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
    async exists(key) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      } catch (error) {
        if (isMissing(error)) {
          return false;
        }
        throw storageError(error, key);
      }
    },
    async delete(key) {
      await guarded(key, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
    },
    list: (prefix, page) => guarded(prefix, () => listObjects(client, bucket, prefix, page)),
    async sign(key, expiresInS, contentDisposition) {
      const disposition = contentDisposition === undefined ? {} : { ResponseContentDisposition: contentDisposition };
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...disposition });
      return guarded(key, () => getSignedUrl(linkClient, command, { expiresIn: Math.min(Math.max(1, expiresInS), MAX_LINK_AGE_S) }));
    },
    async ping() {
      const abortSignal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      await guarded(bucket, () => client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal }));
    },
    close() {
      client.destroy();
      linkClient.destroy();
    },
  };
}

async function* readBody(answer: GetObjectCommandOutput, key: string): AsyncGenerator<Uint8Array> {
  if (!(answer.Body instanceof Readable)) {
    return;
  }
  try {
    yield* answer.Body as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw storageError(error, key);
  }
}

const SINGLE_RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;

/**
 * A request's Range header as it may go to S3: one range of bytes. Anything else (several ranges, other units, nonsense) is
 * ignored, as RFC 9110 asks, and the whole object is the answer.
 */
function usableRange(range: string | undefined): string | undefined {
  const match = range === undefined ? null : SINGLE_RANGE.exec(range.replace(/\s/g, ''));
  if (match === null) {
    return undefined;
  }
  const [whole, first, last] = match;
  const isBackwards = first !== undefined && last !== undefined && last !== '' && Number(last) < Number(first);
  return isBackwards ? undefined : whole;
}

/** One request's worth of a listing, for sweeping. */
async function listObjects(
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

/** Answers for S3 at `/readyz`. */
export function createStorageProbe(objects: Pick<S3ObjectStore, 'ping'>): HealthProbe {
  return { name: 's3', check: () => objects.ping() };
}
