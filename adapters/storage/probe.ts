import type { HealthProbe } from '../../domain/upkeep';
import type { S3ObjectStore } from './object-store';

/** Answers for S3 at `/readyz`. */
export function createStorageProbe(objects: Pick<S3ObjectStore, 'ping'>): HealthProbe {
  return { name: 's3', check: () => objects.ping() };
}
