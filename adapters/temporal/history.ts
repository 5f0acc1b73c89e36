import { WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { HistoryJson, HistorySource } from '../../domain/task/history';
import type { Temporal } from './connection';

/** Histories that Temporal still has, read from the server. */
export function createHistorySource({ client }: Pick<Temporal, 'client'>): HistorySource {
  return {
    look: (workflowId) =>
      knownOrNull(async () => {
        const { runId, type, status } = await client.workflow.getHandle(workflowId).describe();
        return { workflowId, runId, workflowType: type, isClosed: status.name !== 'RUNNING' };
      }),
    read: ({ workflowId, runId }) =>
      knownOrNull(async () => {
        const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        return JSON.parse(historyToJSON(history)) as HistoryJson;
      }),
  };
}

async function knownOrNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
