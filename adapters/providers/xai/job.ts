import { AppError } from '../../../domain/errors';
import type { JobRef, JobState, MediaCall, MediaResult, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import type { Connection } from '../shared/connection';
import { imageType } from '../shared/content-type';
import type { HttpAnswer } from '../shared/exchange';
import { errorOfJob, meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import { createJob, ended, lookAt, missing, outputOf, pending, requireId } from '../shared/media-job';
import { errorOfAnswer } from '../shared/provider-error';
import type { Effect } from '../shared/transport-error';
import { imageRequest, videoRequest } from './request';

const STATUS: StatusWords = {
  pending: ['pending', 'queued', 'in_progress'],
  completed: ['done'],
  failed: ['failed', 'expired'],
  cancelled: [],
};
/** Base64 of ten large images. */
const MAX_IMAGES_BYTES = 256 * 1024 * 1024;
/** 1 USD is 10,000,000,000 ticks. */
const TICKS_PER_MICRO_USD = 10_000;

/** Makes images, or edits those that came in; the answer is the result. */
export async function submitXaiImage(connection: Connection, call: MediaCall): Promise<Submission> {
  const { path, body } = await imageRequest(call);
  const answer = await connection.send({
    method: 'POST',
    path,
    body: JSON.stringify(body),
    operationKey: call.operationKey,
    signal: call.signal,
    firstByteMs: call.timeouts.submitMs,
    totalMs: call.timeouts.totalMs,
    effect: 'paid',
    maxBytes: MAX_IMAGES_BYTES,
  });
  const images = requireObject(answer.body, 'images');
  const data: readonly unknown[] = Array.isArray(images['data']) ? images['data'] : [];
  if (data.length === 0) throw new AppError('provider_bad_response', `Provider ${connection.name} answered without an image.`);
  const outputs = data.map((item) => imageOf(connection, isObject(item) ? item : {}));
  const made = outputs.filter(({ from }) => from !== 'missing').length;
  const state = ended(connection, { outputs, usage: { ...NO_USAGE, images: made }, reportedMicroUsd: costOf(images) });
  return { ...state, upstreamId: null };
}

function imageOf({ name }: Connection, item: JsonObject): ProviderOutput {
  if (item['respect_moderation'] === false) return missing('content_policy_violation', `Provider ${name} kept this image back as unsafe.`);
  const revisedPrompt = textOf(item['revised_prompt']) ?? null;
  const base64 = textOf(item['b64_json']) ?? '';
  if (base64 !== '') {
    const bytes = Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64');
    return { from: 'bytes', bytes, contentType: imageType(bytes) ?? 'image/jpeg', revisedPrompt };
  }
  const link = outputOf(item);
  if (link === null || link.from === 'missing') {
    return missing('outcome_unknown', `Provider ${name} did not deliver this image and gave no reason.`);
  }
  return { ...link, revisedPrompt };
}

/** Creates a video. */
export async function submitXaiVideo(connection: Connection, call: MediaCall, pollMs: number): Promise<Submission> {
  const created = await createJob(connection, call, await videoRequest(call));
  return { state: 'accepted', upstreamId: requireId(connection, created, 'request_id'), pollAfterMs: pollMs };
}

/** Looks at a video. While it is made the answer is 202, at times without a body. */
export async function pollXaiVideo(connection: Connection, job: JobRef, pollMs: number): Promise<JobState> {
  const answer = await lookAt(connection, job, `videos/${encodeURIComponent(job.upstreamId)}`);
  if (answer.status === 202 && answer.body.trim() === '') return { state: 'pending', progress: null, pollAfterMs: pollMs };
  const body = requireObject(answer.body, 'a video');
  const video = isObject(body['video']) ? body['video'] : {};
  const isThere = textOf(video['url']) !== undefined;
  const status = textOf(body['status']) ?? (isThere ? 'done' : answer.status === 202 ? 'pending' : '');
  switch (meaningOf(status, STATUS)) {
    case 'completed':
      return ended(connection, videoResult(connection, body, video));
    case 'failed':
    case 'cancelled': {
      const what = `The job at provider ${connection.name} ${status === 'expired' ? 'expired' : 'failed'}`;
      return { state: 'failed', error: moderationOf(withCost(errorOfJob(body, status, what, connection.secrets), body)) };
    }
    case 'pending':
    case null: {
      const percent = countOf(body['progress']);
      return pending(connection, status, STATUS, { progress: percent === undefined ? null : percent / 100, pollAfterMs: pollMs });
    }
  }
}

function videoResult({ name }: Connection, body: JsonObject, video: JsonObject): MediaResult {
  const link = outputOf(video);
  const kept = missing('content_policy_violation', `Provider ${name} kept this video back as unsafe.`);
  const outputs = video['respect_moderation'] === false ? [kept] : link === null ? [] : [link];
  const seconds = countOf(video['duration']) ?? 0;
  return { outputs, usage: seconds > 0 ? { ...NO_USAGE, seconds } : null, reportedMicroUsd: costOf(body) };
}

function costOf({ usage }: JsonObject): bigint | null {
  const ticks = isObject(usage) ? countOf(usage['cost_in_usd_ticks']) : undefined;
  return ticks === undefined ? null : BigInt(Math.round(ticks / TICKS_PER_MICRO_USD));
}

function withCost(error: AppError, body: JsonObject): AppError {
  const cost = costOf(body) ?? 0n;
  return cost > 0n ? new AppError(error.code, error.message, { ...error.facts, chargedMicroUsd: String(cost) }) : error;
}

/** xAI answers 400 for a wrong key and for what it moderates, and tells them from other refusals by words alone. */
export function errorOfXai({ name, secrets }: Pick<Connection, 'name' | 'secrets'>, answer: HttpAnswer, effect: Effect): AppError {
  const error = moderationOf(errorOfAnswer(answer, name, effect, secrets));
  const isKey = error.code === 'provider_rejected' && /incorrect api key/i.test(error.facts.providerMessage ?? '');
  return isKey ? new AppError('provider_auth', error.message, error.facts) : error;
}

function moderationOf(error: AppError): AppError {
  const isChangeable = error.code === 'provider_rejected' || error.code === 'provider_unavailable';
  if (!isChangeable || !/content moderation|usage guidelines/i.test(error.facts.providerMessage ?? '')) return error;
  return new AppError('content_policy_violation', error.message, error.facts);
}
