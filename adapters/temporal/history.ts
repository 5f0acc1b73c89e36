import { WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { HistoryJson, HistorySource } from '../../domain/task/history';
import type { Temporal } from './connection';

const LOOK_WITHIN_MS = 2_000;
/** A long history comes in several pages. */
const READ_WITHIN_MS = 10_000;

/** Histories that Temporal still has, read from the server. */
export function createHistorySource({ client, ask }: Pick<Temporal, 'client' | 'ask'>): HistorySource {
  async function knownOrNull<T>(withinMs: number, question: () => Promise<T>): Promise<T | null> {
    try {
      return await ask(withinMs, question);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  return {
    look: (workflowId) =>
      knownOrNull(LOOK_WITHIN_MS, async () => {
        const { runId, type, status } = await client.workflow.getHandle(workflowId).describe();
        return { workflowId, runId, workflowType: type, isClosed: status.name !== 'RUNNING' };
      }),
    read: ({ workflowId, runId }) =>
      knownOrNull(READ_WITHIN_MS, async () => {
        const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
        return JSON.parse(historyToJSON(history)) as HistoryJson;
      }),
  };
}
