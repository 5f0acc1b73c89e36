import { isGrpcServiceError, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { campaignOfBatch } from '../../domain/batch/batch';
import type { NoticeRunner } from '../../domain/alert/notice';
import type { BackgroundRunner, MediaOwners, TaskRunner, TextOwners } from '../../domain/runner';
import {
  SIGNALS,
  WORKFLOWS,
  followLateId,
  taskQueues,
  type DeliverCallbackInput,
  type DeliverNoticeInput,
  type GenerateMediaInput,
  type MediaGroupInput,
  type RunBatchInput,
  type RunCampaignInput,
  type TextGroupInput,
} from '../../workflows/contract';
import { fairShareOf } from '../../domain/task/priority';
import { given } from '../../lib/given';
import type { Temporal } from './connection';
import { searchAttributes } from './search-attributes';

/** How a workflow of Temporal stands, for the sweeper. `gone`: the server does not know it. */
export type WorkflowState = 'running' | 'closed' | 'gone';

export interface TemporalRunner extends TaskRunner, TextOwners, MediaOwners, BackgroundRunner, NoticeRunner {
  /** @throws when Temporal does not answer */
  state(workflowId: string): Promise<WorkflowState>;
}

/** https://grpc.io/docs/guides/status-codes: no workflow runs, or none of its activities is pending. */
const GRPC_NOT_FOUND = 5;

/** Nobody waits for the owner of a group on an open connection. */
const GROUP_WITHIN_MS = 10_000;

export interface RunnerOptions {
  readonly queuePrefix: string;
  /**
   * How long a call may wait for Temporal. Short where a client waits: what is asked for is in the database, and the sweeper makes up for a
   * call that failed. Default: 10 s.
   */
  readonly answerWithinMs?: number;
  /** The queue of this process's worker that takes `mediaGroup`. */
  readonly groupQueue?: 'interactive' | 'media';
}

/** Starts and steers workflows. Each method throws AppError `service_unavailable` when Temporal does not answer in time. */
export function createTemporalRunner(
  { client, ask }: Pick<Temporal, 'client' | 'ask'>,
  { queuePrefix, answerWithinMs = 10_000, groupQueue = 'media' }: RunnerOptions,
): TemporalRunner {
  const queues = taskQueues(queuePrefix);

  /** A workflow that runs, or ran, under this id is what was asked for. */
  async function startOnce(withinMs: number, start: () => Promise<unknown>): Promise<void> {
    try {
      await ask(withinMs, start);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  async function signal(workflowId: string, name: string): Promise<void> {
    try {
      await ask(answerWithinMs, () => client.workflow.getHandle(workflowId).signal(name));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  async function lookNow(workflowId: string, activity: string): Promise<void> {
    try {
      // One that waits for its next try begins at once; one that runs is left alone.
      const look = { namespace: client.options.namespace, execution: { workflowId }, type: activity };
      await ask(answerWithinMs, () => client.workflowService.resetActivity(look));
    } catch (error) {
      const code: number | null = isGrpcServiceError(error) ? error.code : null;
      if (code !== GRPC_NOT_FOUND) throw error;
    }
  }

  return {
    async startMedia(task) {
      const { retryAfterMs } = task;
      const share = fairShareOf(task);
      const input: GenerateMediaInput = { taskId: task.id, operation: task.operation, queuePrefix, ...given({ retryAfterMs }) };
      await startOnce(answerWithinMs, () =>
        client.workflow.start(WORKFLOWS.generateMedia, {
          taskQueue: queues.media,
          workflowId: task.id,
          args: [input],
          priority: {
            priorityKey: task.priorityKey,
            fairnessKey: share.key.slice(0, 64),
            fairnessWeight: share.weight,
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
    async startMediaGroup(workflowId, taskIds, { operation, teamName, credentialClass, campaignId }) {
      const input: MediaGroupInput = { taskIds };
      await startOnce(GROUP_WITHIN_MS, () =>
        client.workflow.start(WORKFLOWS.mediaGroup, {
          taskQueue: queues[groupQueue],
          workflowId,
          args: [input],
          // Of a worker the queue is as good: nobody waits for the group.
          requestEagerStart: groupQueue === 'interactive',
          priority: { priorityKey: campaignId === undefined ? 1 : 4 },
          typedSearchAttributes: [
            { key: searchAttributes.kind, value: operation ?? 'media' },
            ...(teamName === undefined ? [] : [{ key: searchAttributes.team, value: teamName }]),
            ...(credentialClass === undefined ? [] : [{ key: searchAttributes.credentialClass, value: credentialClass }]),
            ...campaignAttribute(campaignId),
          ],
        }),
      );
    },
    async startGroup(workflowId, taskIds, { priorityKey } = {}) {
      const input: TextGroupInput = { taskIds };
      await startOnce(GROUP_WITHIN_MS, () =>
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
      await ask(answerWithinMs, () =>
        client.workflow.signalWithStart(WORKFLOWS.runCampaign, {
          taskQueue: queues.campaign,
          workflowId: campaignId,
          args: [input],
          signal: SIGNALS.campaignChanged,
          typedSearchAttributes: [{ key: searchAttributes.kind, value: 'campaign' }, ...campaignAttribute(campaignId)],
        }),
      );
    },
    async wakeBatch(batchId) {
      const input: RunBatchInput = { batchId, queuePrefix };
      await ask(answerWithinMs, () =>
        client.workflow.signalWithStart(WORKFLOWS.runBatch, {
          taskQueue: queues.campaign,
          workflowId: batchId,
          args: [input],
          signal: SIGNALS.batchChanged,
          typedSearchAttributes: [{ key: searchAttributes.kind, value: 'batch' }, ...campaignAttribute(campaignOfBatch(batchId))],
        }),
      );
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
        const signalled = { ...start, signal: SIGNALS.deliveryRequested };
        await ask(answerWithinMs, () => client.workflow.signalWithStart(WORKFLOWS.deliverCallback, signalled));
      } else {
        await startOnce(answerWithinMs, () => client.workflow.start(WORKFLOWS.deliverCallback, start));
      }
    },
    async deliverNotice(noticeId) {
      const input: DeliverNoticeInput = { noticeId };
      await startOnce(answerWithinMs, () =>
        client.workflow.start(WORKFLOWS.deliverNotice, {
          taskQueue: queues.callback,
          workflowId: noticeId,
          args: [input],
          typedSearchAttributes: [{ key: searchAttributes.kind, value: 'notice' }],
        }),
      );
    },
    cancel: (_taskId, workflowId) => signal(workflowId, SIGNALS.cancelRequested),
    jobMoved: (workflowId) => lookNow(workflowId, 'pollJob'),
    lateJobMoved: (taskId) => lookNow(followLateId(taskId), 'followJob'),
    async state(workflowId) {
      try {
        const { status } = await ask(answerWithinMs, () => client.workflow.getHandle(workflowId).describe());
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
