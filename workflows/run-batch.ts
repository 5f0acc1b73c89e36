import { defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BatchActivities } from '../activities/batch/activities';
import { SIGNALS, taskQueues, type RunBatchInput } from './contract';

export const batchChanged = defineSignal(SIGNALS.batchChanged);

/**
 * Takes a batch on: checks its file, or writes what became of its lines, whatever its row asks for. In between its campaign runs, and nothing
 * of this is there; whoever ends the campaign starts the workflow again under the same id.
 */
export async function runBatch({ batchId, queuePrefix }: RunBatchInput): Promise<void> {
  let changes = 0;
  setHandler(batchChanged, () => {
    changes += 1;
  });
  const { advanceBatch } = proxyActivities<BatchActivities>({
    // The API reads and writes the formats of requests and answers.
    taskQueue: taskQueues(queuePrefix).batch,
    // Files of 200 MB, and answers of 50,000 lines.
    startToCloseTimeout: '6h',
    heartbeatTimeout: '15s',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
  for (;;) {
    const seen = changes;
    const step = await advanceBatch(batchId);
    // A change that came after the last look is looked at before the end.
    if (step === 'rest' && changes === seen) return;
  }
}
