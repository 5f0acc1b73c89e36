import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { BackgroundRunner, TaskRunner, TextOwners } from '../../domain/runner';
import {
  SIGNALS,
  WORKFLOWS,
  taskQueues,
  type DeliverCallbackInput,
  type GenerateMediaInput,
  type RunCampaignInput,
  type TextGroupInput,
} from '../../workflows/contract';
import type { Temporal } from './connection';
import { searchAttributes } from './search-attributes';

/** Weights of the credential classes inside one priority: production work is not starved by scripts. */
const FAIRNESS_WEIGHTS: Readonly<Record<string, number>> = { production: 8, test: 2, script: 1, personal: 1 };

/** How a workflow of Temporal stands, for the sweeper. `gone`: the server does not know it. */
export type WorkflowState = 'running' | 'closed' | 'gone';

export interface TemporalRunner extends TaskRunner, TextOwners, BackgroundRunner {
  /** @throws when Temporal does not answer */
  state(workflowId: string): Promise<WorkflowState>;
}

/** Starts and steers workflows. */
export function createTemporalRunner(temporal: Temporal, queuePrefix: string): TemporalRunner {
  const { client } = temporal;
  const queues = taskQueues(queuePrefix);

  async function signal(workflowId: string, name: string): Promise<void> {
    try {
      await client.workflow.getHandle(workflowId).signal(name);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  return {
    async startMedia(task) {
      const input: GenerateMediaInput = { taskId: task.id, operation: task.operation, queuePrefix };
      await ignoreRepeat(
        client.workflow.start(WORKFLOWS.generateMedia, {
          taskQueue: queues.media,
          workflowId: task.id,
          args: [input],
          priority: {
            priorityKey: task.priorityKey,
            fairnessKey: `${task.credentialClass}:${task.teamName}`.slice(0, 64),
            fairnessWeight: FAIRNESS_WEIGHTS[task.credentialClass] ?? 1,
          },
          typedSearchAttributes: [
            { key: searchAttributes.kind, value: task.operation },
            { key: searchAttributes.team, value: task.teamName },
            { key: searchAttributes.credentialClass, value: task.credentialClass },
            ...campaignAttribute(task.campaignId),
          ],
        }),
      );
    },
    async startGroup(workflowId, taskIds, { priorityKey } = {}) {
      const input: TextGroupInput = { taskIds };
      await ignoreRepeat(
        client.workflow.start(WORKFLOWS.textGroup, {
          taskQueue: queues.interactive,
          workflowId,
          args: [input],
          requestEagerStart: priorityKey === undefined,
          priority: { priorityKey: priorityKey ?? 1 },
          typedSearchAttributes: [{ key: searchAttributes.kind, value: 'text' }],
        }),
      );
    },
    async wakeCampaign(campaignId) {
      const input: RunCampaignInput = { campaignId };
      await client.workflow.signalWithStart(WORKFLOWS.runCampaign, {
        taskQueue: queues.campaign,
        workflowId: campaignId,
        args: [input],
        signal: SIGNALS.campaignChanged,
        typedSearchAttributes: [{ key: searchAttributes.kind, value: 'campaign' }, ...campaignAttribute(campaignId)],
      });
    },
    async deliverCallback(eventId, { restart = false } = {}) {
      const input: DeliverCallbackInput = { eventId };
      const start = {
        taskQueue: queues.callback,
        workflowId: eventId,
        args: [input],
        typedSearchAttributes: [{ key: searchAttributes.kind, value: 'callback' }],
      };
      if (restart) {
        await client.workflow.signalWithStart(WORKFLOWS.deliverCallback, { ...start, signal: SIGNALS.deliveryRequested });
      } else {
        await ignoreRepeat(client.workflow.start(WORKFLOWS.deliverCallback, start));
      }
    },
    cancel: (_taskId, workflowId) => signal(workflowId, SIGNALS.cancelRequested),
    async state(workflowId) {
      try {
        const { status } = await client.workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING' ? 'running' : 'closed';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'gone';
        throw error;
      }
    },
  };
}

function campaignAttribute(campaignId: string | null | undefined) {
  return campaignId === undefined || campaignId === null ? [] : [{ key: searchAttributes.campaign, value: campaignId }];
}

/** A workflow that runs, or ran, under this id is what was asked for. */
async function ignoreRepeat(start: Promise<unknown>): Promise<void> {
  try {
    await start;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
