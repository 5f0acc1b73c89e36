import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError, isAppError } from '../../domain/errors';

/** An error of the SDK as one of ours. Its text is left out: it can hold the access key's id and signed headers. */
export function storageError(error: unknown, key: string): AppError {
  if (isAppError(error)) {
    return error;
  }
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const name = error instanceof Error ? error.name : 'unknown error';
  if (status === 404 && name !== 'NoSuchBucket') {
    return new AppError('not_found', `There is no stored file ${key}.`);
  }
  if (status === 416 || name === 'InvalidRange') {
    return new AppError('range_not_satisfiable', 'The file has no bytes in the range that was asked for.');
  }
  const facts = status === undefined ? codeOf(error, name) : `${name}, HTTP ${status}`;
  return new AppError('service_unavailable', `The object store did not do its work (${facts}).`);
}

/** True when S3 says that the object (not the bucket) is missing. */
export function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
}

function codeOf(error: unknown, name: string): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : name;
}
