import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError, isAppError } from '../../domain/errors';

/** An error of the SDK as one of ours. Its text is left out: it can hold the access key's id and signed headers. */
export function storageError(error: unknown, key: string): AppError {
  if (isAppError(error)) {
    return error;
  }
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const name = textOf(error, 'name') ?? 'unknown error';
  if (status === 404 && name !== 'NoSuchBucket') {
    return new AppError('not_found', `There is no stored file ${key}.`);
  }
  if (status === 416 || name === 'InvalidRange') {
    return new AppError('range_not_satisfiable', 'The file has no bytes in the requested range.');
  }
  const facts = status === undefined ? (textOf(error, 'code') ?? name) : `${name}, HTTP ${status}`;
  return new AppError('service_unavailable', `The object store failed (${facts}).`);
}

/** True when S3 says that the object (not the bucket) is missing. */
export function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
}

// By shape, not by class: errors of Node itself are of another realm inside a sandbox.
function textOf(error: unknown, field: 'name' | 'code'): string | null {
  const value = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined;
  return typeof value === 'string' ? value : null;
}
