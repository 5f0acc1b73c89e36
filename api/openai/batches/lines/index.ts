import type { BatchLines } from '../../../../domain/batch/lines';
import { BATCH_LIMITS, checkFile, type BatchLimits, type CheckingFiles } from './check-file';
import { writeFiles, type WritingFiles } from './write';

/** The format of batches' files: lines are checked by the schemas of their endpoints, and answered in their words. */
export function createBatchLines(context: CheckingFiles & WritingFiles, limits: BatchLimits = BATCH_LIMITS): BatchLines {
  return {
    check: (batch, caller, signal) => checkFile(context, batch, caller, { signal, limits }),
    write: (batch, signal) => writeFiles(context, batch, signal),
  };
}
