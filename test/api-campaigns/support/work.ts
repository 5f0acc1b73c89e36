import type { TestApi } from '../../api/support/api';
import { uuidv7 } from 'uuidv7';
import type { Settlement } from '../../../domain/task/store';
import type { TaskError } from '../../../domain/task/task';

/** Starts the next items of a campaign as its workflow would. */
export async function startItems(api: TestApi, campaignId: string, count: number): Promise<void> {
  const { campaigns } = api.database;
  const campaign = (await campaigns.get(campaignId, null))!;
  const items = await campaigns.nextItems(campaignId, count);
  await campaigns.startItems(
    campaignId,
    items.map((item) => ({
      index: item.index,
      tries: item.tries,
      admission: {
        task: {
          id: `task_${uuidv7().replaceAll('-', '')}`,
          type: item.type,
          operation: item.input.operation,
          endpoint: 'campaigns',
          model: item.model,
          input: item.input,
          caller: campaign.caller,
          externalId: item.externalId,
          metadata: item.metadata,
          callbackUrl: null,
          priority: 'low',
          deadlineAt: null,
          replayOf: item.taskId,
          campaignId,
          skippedRoutes: [],
          requestHash: item.requestHash,
        },
        reserveMicroUsd: item.boundMicroUsd,
        idempotency: null,
        firstAttempt: null,
      },
    })),
  );
}

const DOWN = {
  code: 'provider_unavailable',
  message: 'It is down.',
  retryable: true,
  providerCode: null,
  providerMessage: null,
  param: null,
} as const;

/** Ends a running item's task; a success costs 0.02 USD. */
export async function endItem(
  api: TestApi,
  campaignId: string,
  index: number,
  status: 'succeeded' | 'failed',
  error: Partial<TaskError> = {},
): Promise<void> {
  const page = await api.database.campaigns.items({ campaignId, limit: 100 });
  const taskId = page.data.find((item) => item.index === index)?.taskId;
  if (taskId === undefined || taskId === null) throw new Error(`Item ${index} has not been started.`);
  const settlement: Settlement = {
    taskId,
    status,
    actualMicroUsd: status === 'succeeded' ? 20_000n : 0n,
    costLines: [],
    usage: null,
    textResult: null,
    error: status === 'succeeded' ? null : { ...DOWN, ...error },
    attempt: null,
  };
  await api.database.tasks.settle([settlement]);
}
