export { createObjectStore } from '../object-store';
export { createBackupBucket } from './bucket';
export { createBackupFolder } from './folder';
