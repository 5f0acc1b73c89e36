import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AppError } from '../../domain/errors';
import type { ObjectStore } from '../../domain/storage';
import { splitFieldName } from './form-tree';
import { describeBytes } from './limits';

/** A file of a request, already in S3 under a staging key. */
export interface UploadedFile {
  /** The field's name without brackets: `image` for `image`, `image[]` and `image[0]`. */
  readonly field: string;
  /** The name as the client wrote it, for error messages. */
  readonly param: string;
  readonly contentType: string;
  /** As the client named it; may be empty. */
  readonly filename: string;
  readonly stagedKey: string;
  readonly sizeBytes: number;
  /** Of the content, hex. */
  readonly sha256: string;
}

export interface FilePart {
  readonly name: string;
  readonly contentType: string;
  readonly filename: string;
  readonly stagedKey: string;
  readonly maxBytes: number;
}

/** Streams a part's bytes to S3, counting and hashing them on the way. @throws AppError `request_too_large`, `asset_storage_failed` */
export async function stageFile(stream: Readable, part: FilePart, objects: ObjectStore): Promise<UploadedFile> {
  const field = splitFieldName(part.name)[0] ?? part.name;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > part.maxBytes) {
        throw new AppError('request_too_large', `The file ${part.name} is larger than ${describeBytes(part.maxBytes)}.`, {
          param: part.name,
        });
      }
      hash.update(chunk);
      yield chunk;
    }
  }
  await objects.putStream(part.stagedKey, measured(), part.contentType);
  return {
    field,
    param: part.name,
    contentType: part.contentType,
    filename: part.filename,
    stagedKey: part.stagedKey,
    sizeBytes,
    sha256: hash.digest('hex'),
  };
}

/** Removes staged files, best effort: what stays behind is swept with the staging prefix. */
export async function removeStaged(objects: ObjectStore, keys: readonly string[]): Promise<void> {
  await Promise.allSettled(keys.map((key) => objects.delete(key)));
}
