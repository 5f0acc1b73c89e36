import { withFailures, withHeartbeat } from '../activity';
import { advanceBatch, type BatchStep } from './advance';
import type { BatchDeps } from './deps';

/** Run on the queue of batches, by the api. */
export interface BatchActivities {
  advanceBatch(batchId: string): Promise<BatchStep>;
}

export function createBatchActivities(deps: BatchDeps): BatchActivities {
  return { advanceBatch: (batchId) => withFailures(() => withHeartbeat(() => advanceBatch(deps, batchId))) };
}
