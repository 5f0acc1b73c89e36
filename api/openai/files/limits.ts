import { describeBytes, type FormLimits } from '../../uploads/limits';
import { AppError } from '../../../domain/errors';
import type { FilePurpose } from '../../../domain/file/file';

const MIB = 1024 * 1024;

/** The input of a batch, in bytes. */
export const MAX_BATCH_FILE_BYTES = 200 * MIB;

/** One file and a few fields. */
export function fileForm(maxFileBytes: number): FormLimits {
  return { maxFileBytes, maxTotalBytes: maxFileBytes + MIB, maxFiles: 1, maxFields: 20, maxFieldBytes: 64 * 1024 };
}

/** @throws AppError `request_too_large` for a file that its purpose does not allow */
export function requireSize(purpose: FilePurpose, sizeBytes: number): void {
  if (purpose !== 'batch' || sizeBytes <= MAX_BATCH_FILE_BYTES) return;
  throw new AppError(
    'request_too_large',
    `A file with the purpose "batch" has at most ${describeBytes(MAX_BATCH_FILE_BYTES)}; this one has ${describeBytes(sizeBytes)}. Split it.`,
    { param: 'file' },
  );
}
