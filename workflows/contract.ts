/**
 * What starters and workers agree on: workflow names, task queues, ids, signals and inputs. Inputs hold ids only: no prompts,
 * keys or bodies ever enter a history.
 */

/** Task queues; `prefix` lets several installations share one Temporal namespace. */
export function taskQueues(prefix: string) {
  return {
    interactive: `${prefix}interactive`,
    media: `${prefix}media`,
    campaign: `${prefix}campaign`,
    callback: `${prefix}callback`,
    batch: `${prefix}batch`,
    provider: (name: string) => `${prefix}provider-${name}`,
  } as const;
}

/** Registered workflow types. */
export const WORKFLOWS = {
  textGroup: 'textGroup',
  generateMedia: 'generateMedia',
  mediaGroup: 'mediaGroup',
  followLate: 'followLate',
  deliverCallback: 'deliverCallback',
  runCampaign: 'runCampaign',
  runBatch: 'runBatch',
  fireSchedule: 'fireSchedule',
  evaluateAlerts: 'evaluateAlerts',
  deliverNotice: 'deliverNotice',
} as const;

/** Signals, past tense. */
export const SIGNALS = {
  cancelRequested: 'cancelRequested',
  /** An event is to be delivered now, without waiting for its next try. */
  deliveryRequested: 'deliveryRequested',
  /** A verb changed the campaign: look at its rows now. */
  campaignChanged: 'campaignChanged',
  /** A batch was made or cancelled, or its campaign ended: look at its row now. */
  batchChanged: 'batchChanged',
} as const;

/** Input of `textGroup`: the tasks it owns. */
export interface TextGroupInput {
  readonly taskIds: readonly string[];
}

/** Input of `generateMedia`; the workflow's id is the task's id. */
export interface GenerateMediaInput {
  readonly taskId: string;
  readonly operation: 'image' | 'video';
  /** Queue prefix of the installation. */
  readonly queuePrefix: string;
  /** The wait that the provider of the first attempt asked for, when another process made it; absent: none. */
  readonly retryAfterMs?: number;
}

/** Input of `mediaGroup`: the tasks it looks after. */
export interface MediaGroupInput {
  readonly taskIds: readonly string[];
}

/** Input of `followLate`: an attempt whose job runs on although its task has ended. */
export interface FollowLateInput {
  readonly taskId: string;
  readonly n: number;
}

/** Input of `deliverCallback`; the workflow's id is the event's id. */
export interface DeliverCallbackInput {
  readonly eventId: string;
}

/** Input of `runCampaign`; the workflow's id is the campaign's id. */
export interface RunCampaignInput {
  readonly campaignId: string;
}

/** Input of `runBatch`; the workflow's id is the batch's id. */
export interface RunBatchInput {
  readonly batchId: string;
  /** Queue prefix of the installation. */
  readonly queuePrefix: string;
}

/** Input of `fireSchedule`; the workflow's id is the schedule's id and the time that the firing is for. */
export interface FireScheduleInput {
  readonly scheduleId: string;
}

/** Input of `deliverNotice`; the workflow's id is the notice's id. */
export interface DeliverNoticeInput {
  readonly noticeId: string;
}

/** The id of the schedule on which alerts are looked at, one for each installation. */
export function alertScheduleId(queuePrefix: string): string {
  return `${queuePrefix}alerts`;
}

/** The id of the workflow that follows the job of an ended task. */
export function followLateId(taskId: string): string {
  return `${taskId}-late`;
}

/** The id of the workflow that owns a group of images and videos. */
export function mediaGroupId(firstTaskId: string): string {
  return `media-${firstTaskId}`;
}

/** The id of the workflow that owns a group of text tasks. */
export function textGroupId(firstTaskId: string): string {
  return `text-${firstTaskId}`;
}
