import { AppError } from '../../domain/errors';
import { placeOf } from '../../domain/provider/routing';
import type { EndedMedia } from '../../domain/runner';
import { isMediaInput } from '../../domain/task/generation';
import type { Admission, Settlement } from '../../domain/task/store';
import type { Attempt } from '../../domain/task/task';
import type { MediaTask } from './deps';
import type { MediaPlace } from './place';
import { deadlineOf } from './plan';
import type { StoredResult } from './store';
import type { SubmitInput } from './submit';

/** An image or video whose first attempt this process makes. */
export interface MediaRun {
  readonly task: MediaTask;
  readonly order: SubmitInput;
  readonly place: MediaPlace;
  /** Somebody will take the outputs. */
  keepsContents: boolean;
  /** How it ended here; null: it goes on elsewhere, or ended there. */
  readonly done: Promise<EndedMedia | null>;
  readonly resolve: (end: EndedMedia | null) => void;
  /** Of the clock that never goes back, as the next one. */
  readonly begunAtMs: number;
  /** Null: it is under way. */
  endedAtMs: number | null;
  /** The provider has accepted a job: its row stands open until the job has ended. */
  isAccepted: boolean;
  /** The job was not over at the first look: nobody waits for it for a moment. */
  isLong: boolean;
  /** The rows name its group as the owner. */
  isOwned: boolean;
  /** Aborts when a job is to be left to the task's workflow. */
  readonly letGo: AbortController;
}

/** @param admission - one that was admitted with its first attempt */
export function createMediaRun(
  admission: Admission,
  place: MediaPlace,
  options: { keepsContents: boolean; now: Date; readonly model: Parameters<typeof deadlineOf>[1] },
): MediaRun {
  const { firstAttempt } = admission;
  if (firstAttempt === null) throw new AppError('internal', 'A run needs its first attempt.');
  const task = taskOfAdmission(admission, firstAttempt, options.now);
  let resolve: MediaRun['resolve'] = () => undefined;
  const done = new Promise<EndedMedia | null>((settle) => (resolve = settle));
  const order = { ...placeOf(firstAttempt), taskId: task.id, n: 1, deadlineMs: deadlineOf(task, options.model) };
  const { keepsContents } = options;
  const letGo = new AbortController();
  const begunAtMs = performance.now();
  return {
    task,
    order,
    place,
    keepsContents,
    done,
    resolve,
    begunAtMs,
    endedAtMs: null,
    isAccepted: false,
    isLong: false,
    isOwned: false,
    letGo,
  };
}

/** A task as its admission has just stored it. */
function taskOfAdmission(
  { task, reserveMicroUsd, workflowId }: Admission,
  firstAttempt: NonNullable<Admission['firstAttempt']>,
  now: Date,
): MediaTask {
  const { caller, request, input } = task;
  if (!isMediaInput(input)) throw new AppError('internal', 'The media lane takes images and videos.');
  const attempt: Attempt = {
    ...firstAttempt,
    n: 1,
    startedAt: now,
    endedAt: null,
    outcome: 'running',
    errorCode: null,
    upstreamId: null,
    costMicroUsd: 0n,
    delivered: null,
  };
  const { template, template_version: version } = request ?? {};
  return {
    id: task.id,
    version: 1,
    type: task.type,
    operation: task.operation,
    endpoint: task.endpoint,
    model: task.model,
    status: 'running',
    phase: 'calling_provider',
    progress: 0,
    createdAt: now,
    startedAt: now,
    finishedAt: null,
    input,
    output: input.output,
    teamId: caller.teamId,
    teamName: caller.teamName,
    credentialId: caller.credentialId,
    credentialName: caller.credentialName,
    credentialClass: caller.credentialClass,
    externalId: task.externalId,
    metadata: task.metadata,
    callbackUrl: task.callbackUrl,
    priority: task.priority,
    deadlineAt: task.deadlineAt,
    replayOf: task.replayOf,
    campaignId: task.campaignId,
    template: template === undefined ? null : { name: template, version: version ?? 0 },
    estimatedMicroUsd: reserveMicroUsd,
    reservedMicroUsd: reserveMicroUsd,
    actualMicroUsd: null,
    settledAt: null,
    costLines: [],
    usage: null,
    error: null,
    cancelRequestedAt: null,
    workflowId: workflowId ?? null,
    skippedRoutes: task.skippedRoutes,
    routing: task.routing ?? null,
    contentsExpiredAt: null,
    attempts: [attempt],
    outputs: [],
    textResult: null,
  };
}

/** The task with its attempt as it delivered. */
export function withDelivery(task: MediaTask, { delivered }: StoredResult, costMicroUsd: bigint): MediaTask {
  const [attempt] = task.attempts;
  return attempt === undefined ? task : { ...task, attempts: [{ ...attempt, outcome: 'succeeded', delivered, costMicroUsd }] };
}

/** The end of a task as it was settled here. */
export function endedOf(
  task: MediaTask,
  { status, error, usage, costLines, actualMicroUsd }: Settlement,
  stored: StoredResult,
  now: Date,
): EndedMedia {
  return {
    task: {
      ...task,
      status,
      phase: 'done',
      progress: status === 'succeeded' ? 1 : task.progress,
      finishedAt: now,
      settledAt: now,
      reservedMicroUsd: 0n,
      actualMicroUsd,
      costLines,
      usage,
      error,
      outputs: stored.assets,
    },
    contents: stored.contents,
  };
}
