import type { WorkflowService } from '@temporalio/client';
import { FIXED_QUEUES, type QueueSource, type QueueState } from '../../domain/operations/operations';
import type { Temporal } from './connection';

const WITHIN_MS = 2_000;
type Described = Awaited<ReturnType<WorkflowService['describeTaskQueue']>>;
/** https://api-docs.temporal.io/#temporal.api.enums.v1.TaskQueueType, whose enum is in a package that is not ours to import. */
const WORKFLOW_TASKS = 1 as never;
const ACTIVITY_TASKS = 2 as never;

/** What Temporal says of our task queues. */
export function createQueueSource(
  { address, namespace, client, ask }: Pick<Temporal, 'address' | 'ask' | 'client' | 'namespace'>,
  queuePrefix: string,
): QueueSource {
  const describe = (name: string, taskQueueType: never): Promise<Described> =>
    client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: `${queuePrefix}${name}` }, taskQueueType, reportStats: true });

  async function look(name: string): Promise<readonly [string, QueueState]> {
    // Those of providers, and that of batches, have activities only.
    const hasWorkflows = FIXED_QUEUES.some((fixed) => fixed === name) && name !== 'batch';
    const types = hasWorkflows ? [ACTIVITY_TASKS, WORKFLOW_TASKS] : [ACTIVITY_TASKS];
    return [name, stateOf(await Promise.all(types.map((type) => describe(name, type))))];
  }

  return {
    queues: async (names) => new Map(await ask(WITHIN_MS, () => Promise.all(names.map(look)))),
    async place() {
      const { serverVersion } = await ask(WITHIN_MS, () => client.workflowService.getSystemInfo({}));
      return { address, namespace, version: serverVersion === '' ? null : serverVersion };
    },
  };
}

function stateOf(described: readonly Described[]): QueueState {
  const stats = described.flatMap((one) => one.stats ?? []).map((one) => ({ ...one, backlog: Number(one.approximateBacklogCount ?? 0) }));
  const ages = stats
    .filter(({ backlog }) => backlog > 0)
    .map(({ approximateBacklogAge: age }) => Number(age?.seconds ?? 0) + (age?.nanos ?? 0) / 1e9);
  return {
    backlog: stats.reduce((sum, { backlog }) => sum + backlog, 0),
    oldestAgeS: ages.length === 0 ? null : Math.max(...ages),
    pollers: [...new Set(described.flatMap(({ pollers }) => pollers.flatMap(({ identity }) => identity ?? [])))],
  };
}
