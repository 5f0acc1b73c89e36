export { createAssetWriter } from './asset-writer';
export { createObjectStore, type S3ObjectStore } from './object-store';
export { createStorageProbe } from './probe';
