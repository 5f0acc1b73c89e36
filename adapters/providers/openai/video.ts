import { AppError, isAppError, type ErrorCode } from '../../../domain/errors';
import { NO_USAGE } from '../../../domain/task/generation';
import type { JobFailure, JobRef, JobState, MediaCall, MediaProvider, Submission } from '../../../domain/provider/provider';
import type { HttpAnswer, HttpHead } from '../shared/exchange';
import { errorOfJob, meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { openContent } from '../shared/open-content';
import { hasFault } from '../shared/provider-error';
import { redact } from '../../../domain/redact';
import { numberOf } from '../shared/retry-after';
import type { Connection } from '../shared/connection';
import { videoBody } from './video-request';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const LOOK = { firstByteMs: 30_000, totalMs: 60_000, maxBytes: MAX_ANSWER_BYTES, effect: 'repeatable' } as const;
const DEFAULT_POLL_MS = 2_000;
const POLL_RANGE_MS = { min: 200, max: 60_000 };

/** OpenAI says `queued`, `in_progress`, `completed` and `failed`; servers of its shape say all of these. */
const STATUS: StatusWords = {
  pending: [
    ...['queued', 'in_queue', 'queueing', 'pending', 'waiting', 'scheduled', 'created', 'submitted', 'accepted', 'not_start', 'new'],
    ...['starting', 'preparing', 'validating', 'throttled', 'suspended', 'in_progress', 'processing', 'running', 'generating', 'active'],
    ...['rendering', 'dreaming', 'uploading', 'finalizing', 'retrying', 'cancelling', 'canceling'],
  ],
  completed: ['completed', 'complete', 'succeeded', 'succeed', 'success', 'done', 'finished', 'ready'],
  failed: [
    ...['failed', 'failure', 'fail', 'error', 'errored', 'rejected', 'moderated', 'content_moderated', 'incomplete'],
    ...['expired', 'timeout', 'timed_out', 'budget_exceeded'],
  ],
  cancelled: ['cancelled', 'canceled', 'aborted', 'stopped', 'terminated', 'deleted'],
};

/** A status of HTTP by which a server says that this very job, or what it was asked for, is refused. */
const REFUSALS: readonly ErrorCode[] = ['provider_rejected', 'content_policy_violation', 'context_length_exceeded'];

/** Creates a video; the answer is a job to poll. */
export async function submitVideo(connection: Connection, call: MediaCall): Promise<Submission> {
  const answer = await connection.send({
    method: 'POST',
    path: 'videos',
    body: videoBody(call),
    operationKey: call.operationKey,
    signal: call.signal,
    firstByteMs: call.timeouts.submitMs,
    totalMs: call.timeouts.submitMs,
    effect: 'paid',
    maxBytes: MAX_ANSWER_BYTES,
    isAnswer: tellsFailure,
  });
  const video = requireObject(answer.body, 'a video');
  const id = textOf(video['id']) ?? '';
  const verdict = verdictOf(connection, video);
  // An error in place of a job: nothing was begun.
  if (verdict !== null) return { ...verdict, upstreamId: id === '' ? null : id };
  if (id === '') throw new AppError('provider_bad_response', `Provider ${connection.name} answered a video without an id.`);
  return { state: 'accepted', upstreamId: id, pollAfterMs: pollAfterMs(answer) };
}

/** Looks at a video's job. */
export async function pollVideo(connection: Connection, job: JobRef): Promise<JobState> {
  const answer = await look(connection, job);
  if (!('body' in answer)) return answer;
  const video = requireObject(answer.body, 'a video');
  const verdict = verdictOf(connection, video);
  if (verdict !== null) {
    if (isJob(video)) return verdict;
    // No job at all: a server in between reports its own trouble with a successful status.
    throw verdict.error;
  }
  const status = statusOf(video);
  if (meaningOf(status, STATUS) === 'completed') {
    const seconds = Number(video['seconds']);
    const usage = Number.isFinite(seconds) && seconds > 0 ? { ...NO_USAGE, seconds } : null;
    return {
      state: 'completed',
      result: { outputs: [{ from: 'provider', ref: 'video', revisedPrompt: null }], usage, reportedMicroUsd: null },
    };
  }
  const percent = countOf(video['progress']);
  return {
    state: 'pending',
    progress: percent === undefined ? null : Math.min(1, percent / 100),
    pollAfterMs: pollAfterMs(answer),
    ...(meaningOf(status, STATUS) === null ? { unknownStatus: redact(status === '' ? 'no status' : status, connection.secrets) } : {}),
  };
}

/** One look; an answer whose status of HTTP is the verdict comes back as such. */
async function look(connection: Connection, job: JobRef): Promise<HttpAnswer | JobFailure> {
  try {
    return await connection.send({ ...LOOK, method: 'GET', path: videoPath(job), signal: job.signal, isAnswer: tellsFailure });
  } catch (error) {
    if (isAppError(error) && REFUSALS.includes(error.code)) return { state: 'failed', error };
    throw error;
  }
}

/** Some servers tell of a failed job with the status of the failure. */
function tellsFailure(answer: HttpAnswer): boolean {
  const video = parseJson(answer.body);
  const meaning = isObject(video) && isJob(video) ? meaningOf(statusOf(video), STATUS) : null;
  return meaning === 'failed' || meaning === 'cancelled';
}

/** How a job ended, when it ended without a result. An error without a status is one, too. */
function verdictOf(connection: Connection, video: JsonObject): JobFailure | null {
  const status = statusOf(video);
  const meaning = meaningOf(status, STATUS);
  const what = `The job at provider ${connection.name} ${meaning === 'cancelled' ? 'was cancelled' : 'failed'}`;
  if (meaning === 'failed' || meaning === 'cancelled') {
    return { state: meaning, error: errorOfJob(video, status, what, connection.secrets) };
  }
  return status === '' && hasFault(video) ? { state: 'failed', error: errorOfJob(video, '', what, connection.secrets) } : null;
}

function isJob(video: JsonObject): boolean {
  return statusOf(video) !== '' || (textOf(video['id']) ?? '') !== '';
}

/** Empty when there is none. */
function statusOf(video: JsonObject): string {
  const status = video['status'];
  return typeof status === 'string' || typeof status === 'number' ? String(status) : '';
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

/** Opens a video's bytes; `ref` names the variant. */
export function openVideo(connection: Connection, job: JobRef, ref: string): ReturnType<MediaProvider['open']> {
  const url = connection.url(`${videoPath(job)}/content`);
  if (ref !== 'video') url.searchParams.set('variant', ref);
  return openContent(connection, job, url);
}

function videoPath(job: JobRef): string {
  return `videos/${encodeURIComponent(job.upstreamId)}`;
}

function pollAfterMs(head: HttpHead): number {
  const asked = numberOf(head.headers['openai-poll-after-ms']) ?? DEFAULT_POLL_MS;
  return Math.min(POLL_RANGE_MS.max, Math.max(POLL_RANGE_MS.min, asked));
}
