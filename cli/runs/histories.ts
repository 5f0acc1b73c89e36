import type { HistoryJson } from '../../domain/task/history';
import { CliFailure } from '../failure';
import type { ApiClient } from '../http/client';
import { asList, asObject, asText } from '../json-value';

/** A task whose history is wanted. `workflowId` null: not known yet. */
export interface RunRef {
  readonly taskId: string;
  readonly workflowId: string | null;
}

/** A history with the tasks it tells of. */
export interface FetchedHistory {
  readonly taskIds: readonly string[];
  readonly workflowId: string;
  readonly workflowType: string;
  readonly history: HistoryJson;
}

const PAGE = '1000';

/** All failed and expired tasks that the key sees. */
export async function failedRuns(client: ApiClient): Promise<readonly RunRef[]> {
  const runs: RunRef[] = [];
  for (let after: string | undefined; ;) {
    const page = asObject(await client.call({ path: '/v1/runs/failed', query: { limit: PAGE, after } })) ?? {};
    for (const entry of asList(page['data']).map(asObject)) {
      runs.push({ taskId: asText(entry?.['task_id']) ?? '', workflowId: asText(entry?.['workflow_id']) });
    }
    const last = asText(page['last_id']);
    if (page['has_more'] !== true || last === null) return runs;
    after = last;
  }
}

/**
 * The histories of runs, one at a time; tasks of one text group share one.
 * @param absent - what to do about a task without a history
 */
export async function* historiesOf(client: ApiClient, runs: readonly RunRef[], absent: 'skip' | 'fail'): AsyncGenerator<FetchedHistory> {
  const groups = new Map<string, string[]>();
  for (const { taskId, workflowId } of runs) {
    const key = workflowId ?? taskId;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [taskId]);
    else group.push(taskId);
  }
  for (const taskIds of groups.values()) {
    const fetched = await firstHistory(client, taskIds, absent);
    if (fetched !== null) yield { ...fetched, taskIds };
  }
}

/** The archive may know some members of a group and not others. */
async function firstHistory(
  client: ApiClient,
  taskIds: readonly string[],
  absent: 'skip' | 'fail',
): Promise<Omit<FetchedHistory, 'taskIds'> | null> {
  for (const taskId of taskIds) {
    try {
      const path = `/v1/tasks/${encodeURIComponent(taskId)}/history`;
      const found = asObject(await client.call({ path, query: { format: 'temporal' } })) ?? {};
      return {
        workflowId: asText(found['workflow_id']) ?? taskId,
        workflowType: asText(found['workflow_type']) ?? '',
        history: { events: asList(asObject(found['history'])?.['events']) as HistoryJson['events'] },
      };
    } catch (error) {
      if (absent === 'fail' || !(error instanceof CliFailure) || error.facts.status !== 404) throw error;
    }
  }
  return null;
}
