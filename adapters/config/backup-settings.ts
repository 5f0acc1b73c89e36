import { AppError } from '../../domain/errors';
import type { S3Settings } from './settings';

export { loadSettings } from './settings';

/** A prefix in a bucket, and how the bucket is reached. */
export interface BackupBucket {
  readonly settings: S3Settings;
  readonly prefix: string;
}

/**
 * Where `s3://bucket/prefix` is: by the variables ATELIER_BACKUP_S3_ENDPOINT, _REGION, _ACCESS_KEY_ID and _SECRET_ACCESS_KEY. Null: the name is
 * that of a folder.
 * @throws AppError `invalid_value`
 */
export function backupBucket(name: string, environment: NodeJS.ProcessEnv): BackupBucket | null {
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]+):\/\/(.*)$/i.exec(name) ?? [];
  if (scheme === undefined) return null;
  if (scheme.toLowerCase() !== 's3')
    throw new AppError('invalid_value', `${scheme}:// is no place for a backup. Name a folder, or s3://BUCKET/PREFIX.`);
  const [bucket = '', ...path] = rest.split('/');
  if (bucket === '') throw new AppError('invalid_value', `${name} names no bucket. Write s3://BUCKET/PREFIX.`);
  const of = (variable: string): string => {
    const value = environment[`ATELIER_BACKUP_S3_${variable}`] ?? '';
    if (value === '') throw new AppError('invalid_value', `ATELIER_BACKUP_S3_${variable} is required to reach ${name}.`);
    return value;
  };
  const endpoint = of('ENDPOINT');
  if (environment['S3_ENDPOINT'] === endpoint && environment['S3_BUCKET'] === bucket) {
    throw new AppError(
      'invalid_value',
      `${name} is in the bucket of the installation itself. Name another bucket: a backup is lost with what it lies in.`,
    );
  }
  return {
    settings: {
      endpoint,
      publicEndpoint: null,
      bucket,
      region: environment['ATELIER_BACKUP_S3_REGION'] ?? 'us-east-1',
      accessKeyId: of('ACCESS_KEY_ID'),
      secretAccessKey: of('SECRET_ACCESS_KEY'),
    },
    prefix: path.join('/'),
  };
}
