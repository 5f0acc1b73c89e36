import { AppError } from '../../../domain/errors';
import type { JobRef, JobState, MediaCall, MediaProvider, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { redact } from '../../../domain/redact';
import { imageType } from '../shared/content-type';
import { lateErrorOfGoogle } from '../shared/google-error';
import { countOf, isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import { readBase64 } from '../shared/media-file';
import { createJob, ended, missing, requireId } from '../shared/media-job';
import { openContent } from '../shared/open-content';
import { hasFault } from '../shared/provider-error';
import type { VertexConnection } from './connection';
import { imageRequest, videoRequest } from './request';

/** Base64 of the videos of one job, where no bucket is named. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
/** Videos come in the answer to a look. */
const LOOK = { firstByteMs: 60_000, totalMs: 300_000, maxBytes: MAX_ANSWER_BYTES, effect: 'repeatable' } as const;

/** Makes images with Imagen; the answer is the result. */
export async function submitImage(connection: VertexConnection, call: MediaCall): Promise<Submission> {
  const path = await connection.pathOf(call.model, 'predict');
  const request = imageRequest(call, await readBase64(call.images));
  const body = await createJob(connection, call, { path, body: request, isAtOnce: true, what: 'images' });
  if (hasFault(body)) {
    const error = lateErrorOfGoogle(body, `Provider ${connection.name} reported an error`, connection.secrets);
    return { state: 'failed', error, upstreamId: null };
  }
  const predictions = objectsOf(body['predictions']);
  const made = predictions.flatMap((prediction) => fileOf(prediction, 'image/png'));
  const reasons = predictions.map(({ raiFilteredReason: reason }) => textOf(reason)).filter((reason) => reason !== undefined);
  const outputs = [...made, ...filtered(connection, Math.max(0, (call.output.n ?? 1) - made.length), reasons)];
  return { ...ended(connection, { outputs, usage: { ...NO_USAGE, images: made.length }, reportedMicroUsd: null }), upstreamId: null };
}

/** Creates videos with Veo; the answer is an operation to look at. */
export async function submitVideo(connection: VertexConnection, call: MediaCall): Promise<Submission> {
  const files = await readBase64([...call.images, ...(call.video === null ? [] : [call.video])]);
  const path = await connection.pathOf(call.model, 'predictLongRunning');
  const created = await createJob(connection, call, { path, body: videoRequest(call, files, connection.storageUri) });
  if (hasFault(created)) {
    const error = lateErrorOfGoogle(created, `Provider ${connection.name} reported an error`, connection.secrets);
    return { state: 'failed', error, upstreamId: null };
  }
  return { state: 'accepted', upstreamId: requireId(connection, created, 'name'), pollAfterMs: connection.pollMs };
}

/** Looks at an operation. */
export async function pollVideo(connection: VertexConnection, job: JobRef): Promise<JobState> {
  // An operation's name says where it is, whatever the configuration says by now.
  const home = /^(projects\/[\w./-]+)\/operations\/[\w-]+$/.exec(job.upstreamId)?.[1];
  const path = home === undefined ? await connection.pathOf(job.model, 'fetchPredictOperation') : `v1/${home}:fetchPredictOperation`;
  const body = JSON.stringify({ operationName: job.upstreamId });
  const answer = await connection.send({ ...LOOK, method: 'POST', path, body, signal: job.signal });
  const operation = requireObject(answer.body, 'an operation');
  if (hasFault(operation)) {
    const error = lateErrorOfGoogle(operation['error'], `The job at provider ${connection.name} failed`, connection.secrets);
    // Without a name it is no operation but trouble with asking.
    if (textOf(operation['name']) === undefined && operation['done'] !== true) throw error;
    return { state: error.facts.providerCode === 'CANCELLED' ? 'cancelled' : 'failed', error };
  }
  if (operation['done'] !== true) return { state: 'pending', progress: null, pollAfterMs: connection.pollMs };
  const response = isObject(operation['response']) ? operation['response'] : {};
  const made = objectsOf(response['videos']).flatMap((video) => fileOf(video, 'video/mp4'));
  const reasons = (Array.isArray(response['raiMediaFilteredReasons']) ? (response['raiMediaFilteredReasons'] as unknown[]) : [])
    .map(textOf)
    .filter((reason) => reason !== undefined);
  const kept = Math.max(countOf(response['raiMediaFilteredCount']) ?? 0, made.length === 0 ? reasons.length : 0);
  const outputs = [...made, ...filtered(connection, kept, reasons)];
  return ended(connection, { outputs, usage: null, reportedMicroUsd: null });
}

/** Opens an object in a bucket of the operator's. */
export function openObject(connection: VertexConnection, job: JobRef, ref: string): ReturnType<MediaProvider['open']> {
  const [, bucket, object] = /^gs:\/\/([^/]+)\/(.+)$/.exec(ref) ?? [];
  if (bucket === undefined || object === undefined)
    throw new AppError('provider_bad_response', 'The provider named no object in a bucket.');
  const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(object)}?alt=media`;
  return openContent(connection, job, new URL(path, connection.storage), [connection.storage.origin]);
}

/** Bytes, or an object in a bucket. */
function fileOf(file: JsonObject, usualType: string): readonly ProviderOutput[] {
  const base64 = textOf(file['bytesBase64Encoded']) ?? '';
  const uri = textOf(file['gcsUri']) ?? '';
  const revisedPrompt = textOf(file['prompt']) ?? null;
  if (base64 === '') return uri === '' ? [] : [{ from: 'provider', ref: uri, revisedPrompt }];
  const bytes = Buffer.from(base64, 'base64');
  return [{ from: 'bytes', bytes, contentType: imageType(bytes) ?? textOf(file['mimeType']) ?? usualType, revisedPrompt }];
}

/** Those that Google's filter kept back; it charges nothing for them. */
function filtered({ name, secrets }: VertexConnection, count: number, reasons: readonly string[]): readonly ProviderOutput[] {
  return Array.from({ length: count }, (_, index) => {
    const reason = redact(reasons[index] ?? reasons[0] ?? 'it did not say why', secrets);
    return missing('content_policy_violation', `The filter of provider ${name} kept this output back: ${reason}`);
  });
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
