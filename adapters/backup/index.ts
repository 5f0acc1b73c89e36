export { createBackup } from './create';
export { createBackupMaker } from './maker';
export { restoreBackup } from './restore';
export { verifyBackup } from './verify';
