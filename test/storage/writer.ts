import { createHash } from 'node:crypto';
import { createAssetWriter } from '../../adapters/storage/asset-writer';
import { createObjectStore, type S3ObjectStore } from '../../adapters/storage/object-store';
import type { AssetWriter, NewAsset } from '../../domain/storage';
import type { TestBucket } from '../support/bucket';
import { useBucket } from '../support/stack';

/** An asset writer on a bucket of the test file's own; both are there once `beforeAll` has run. */
export interface TestWriter {
  readonly bucket: TestBucket;
  readonly objects: S3ObjectStore;
  /** Writes bytes, or what was staged, as the next asset. */
  write(source: NewAsset['source'] | Uint8Array, wishes?: Partial<NewAsset>): ReturnType<AssetWriter['write']>;
}

export function useAssetWriter(): TestWriter {
  const bucket = useBucket();
  let objects: S3ObjectStore;
  let writer: AssetWriter;
  let made = 0;
  beforeAll(() => {
    objects = createObjectStore({ ...bucket });
    writer = createAssetWriter(objects);
  });
  afterAll(() => objects.close());
  return {
    bucket,
    get objects() {
      return objects;
    },
    write(source, wishes = {}) {
      made += 1;
      return writer.write({
        id: `asset_${made}`,
        teamId: 7,
        taskId: 'task_1',
        index: 0,
        expect: 'image',
        source: source instanceof Uint8Array ? { bytes: source } : source,
        revisedPrompt: null,
        watermark: null,
        format: null,
        compression: null,
        ...wishes,
      });
    },
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
