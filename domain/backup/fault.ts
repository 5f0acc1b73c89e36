import type { BackupFault } from './backup';
import { BackupFailure } from './failure';
import { isAppError } from '../errors';

/** Why a backup did not come to be, for who looks at it later. */
export function backupFault(error: unknown): BackupFault {
  if (error instanceof BackupFailure) return { code: error.code, message: [error.message, ...error.advice].join(' ') };
  if (isAppError(error)) return { code: error.code, message: error.message };
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'interrupted', message: 'The process that made it was told to end before it was complete. Make another one.' };
  }
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}
