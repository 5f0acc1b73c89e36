import type { BackupKeys } from '../../domain/backup/installation';
import { createSecrets, createTextSigner, masterKeyId } from './index';

/** What backups need of the master key. @param previous - while it is rotated; null: none */
export function createBackupKeys(masterKey: string, previous: string | null): BackupKeys {
  return {
    id: masterKeyId(masterKey),
    ids: [masterKey, ...(previous === null ? [] : [previous])].map((key) => masterKeyId(key)),
    ...createTextSigner(masterKey, 'backups', previous),
    ...createSecrets(masterKey, previous),
  };
}
