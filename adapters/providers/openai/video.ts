import { AppError, isAppError } from '../../../domain/errors';
import { NO_USAGE } from '../../../domain/task/generation';
import type { JobRef, MediaCall, PollAnswer, Submission } from '../../../domain/provider/provider';
import type { HttpHead } from '../shared/exchange';
import { countOf, isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import { errorOfLateFault, readFault } from '../shared/provider-error';
import { numberOf } from '../shared/retry-after';
import type { Connection } from './connection';
import { videoBody } from './video-request';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const LOOK = { firstByteMs: 30_000, totalMs: 60_000, maxBytes: MAX_ANSWER_BYTES, effect: 'repeatable' } as const;
const DEFAULT_POLL_MS = 2_000;
const POLL_RANGE_MS = { min: 200, max: 60_000 };

const PENDING = new Set(['queued', 'in_progress', 'pending', 'processing', 'running']);
const FAILED = new Set(['failed', 'cancelled', 'canceled', 'expired']);

/** Creates a video; the answer is a job to poll. */
export async function submitVideo(connection: Connection, call: MediaCall): Promise<Submission> {
  const answer = await connection.send({
    method: 'POST',
    path: 'videos',
    body: await videoBody(call),
    operationKey: call.operationKey,
    signal: call.signal,
    firstByteMs: call.timeouts.submitMs,
    totalMs: call.timeouts.submitMs,
    effect: 'paid',
    maxBytes: MAX_ANSWER_BYTES,
  });
  const video = requireObject(answer.body, 'a video');
  const id = textOf(video['id']);
  if (id === undefined || id === '')
    throw new AppError('provider_bad_response', `Provider ${connection.name} answered a video without an id.`);
  if (FAILED.has(textOf(video['status']) ?? '')) throw jobFailure(connection, video);
  return { state: 'accepted', upstreamId: id, pollAfterMs: pollAfterMs(answer) };
}

/** Looks at a video's job. */
export async function pollVideo(connection: Connection, job: JobRef): Promise<PollAnswer> {
  const answer = await connection.send({ ...LOOK, method: 'GET', path: videoPath(job), signal: job.signal });
  const video = requireObject(answer.body, 'a video');
  const status = textOf(video['status']) ?? '';
  if (PENDING.has(status)) {
    const percent = countOf(video['progress']);
    return { state: 'pending', progress: percent === undefined ? null : Math.min(1, percent / 100), pollAfterMs: pollAfterMs(answer) };
  }
  if (FAILED.has(status)) throw jobFailure(connection, video);
  if (status !== 'completed' && status !== 'succeeded') {
    throw new AppError('provider_bad_response', `Provider ${connection.name} reports a video with a status that is not known.`);
  }
  const seconds = Number(video['seconds']);
  const usage = Number.isFinite(seconds) && seconds > 0 ? { ...NO_USAGE, seconds } : null;
  return {
    state: 'completed',
    result: { outputs: [{ from: 'provider', ref: 'video', revisedPrompt: null }], usage, reportedMicroUsd: null },
  };
}

/** Deletes a video, which stops its job; false when the provider refuses or does not know it. */
export async function cancelVideo(connection: Connection, job: JobRef): Promise<boolean> {
  try {
    await connection.send({ ...LOOK, method: 'DELETE', path: videoPath(job), signal: job.signal });
    return true;
  } catch (error) {
    if (isAppError(error) && (error.code === 'provider_not_found' || error.code === 'provider_rejected')) return false;
    throw error;
  }
}

export function videoPath(job: JobRef): string {
  return `videos/${encodeURIComponent(job.upstreamId)}`;
}

function jobFailure(connection: Connection, video: JsonObject): AppError {
  const fault = readFault(isObject(video['error']) ? { error: video['error'] } : {});
  return errorOfLateFault(fault, `The job at provider ${connection.name} failed`, connection.secrets);
}

function pollAfterMs(head: HttpHead): number {
  const asked = numberOf(head.headers['openai-poll-after-ms']) ?? DEFAULT_POLL_MS;
  return Math.min(POLL_RANGE_MS.max, Math.max(POLL_RANGE_MS.min, asked));
}
