/** What is wrong with a backup, or with the place that it is to go to. */
export type BackupFailureCode = 'backup_damaged' | 'failed' | 'no_backup' | 'not_empty' | 'unknown_format' | 'wrong_master_key';

/** A backup that cannot be made, read or restored. The message says what is wrong, `advice` what to do, a line each. */
export class BackupFailure extends Error {
  constructor(
    message: string,
    readonly code: BackupFailureCode,
    readonly advice: readonly string[] = [],
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BackupFailure';
  }
}
