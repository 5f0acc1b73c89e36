import type { BackupPlace } from '../../../domain/backup/ports';
import { createObjectStore } from '../object-store';
import type { S3Settings } from '../s3-client';

/** A prefix in a bucket for a backup. */
export function createBackupBucket(settings: S3Settings, prefix: string): BackupPlace {
  const objects = createObjectStore(settings);
  const below = prefix === '' ? '' : `${prefix.replace(/^\/+|\/+$/g, '')}/`;
  return {
    title: `s3://${settings.bucket}/${below}`,
    write: (path, body) => objects.putStream(`${below}${path}`, body, 'application/octet-stream'),
    read: async (path) => (await objects.get(`${below}${path}`)).body,
    isEmpty: async () => (await objects.list(below, { after: '', limit: 1 })).length === 0,
    close: () => objects.close(),
  };
}
