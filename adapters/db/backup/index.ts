import type { BackupSource } from '../../../domain/backup/ports';
import { holdRemovals } from './hold';
import { openSnapshot } from './snapshot';

export { createRestoreTarget } from './restore';
export { createSecretRows } from './rotate';

/** The rows of an installation, to be backed up. */
export function createBackupSource(url: string): BackupSource {
  return { hold: (backupId, about) => holdRemovals(url, backupId, about), snapshot: () => openSnapshot(url) };
}
