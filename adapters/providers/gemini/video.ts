import { AppError } from '../../../domain/errors';
import type { JobFailure, JobRef, JobState, MediaCall, MediaProvider, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE, type Usage } from '../../../domain/task/generation';
import { ratioSent, resolutionSent } from '../../../domain/task/output-size';
import { lateErrorOfGoogle } from '../shared/google-error';
import { meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, overExtras, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { readBase64 } from '../shared/media-file';
import { createJob, ended, lookAt, missing, pending, requireId, stopJob } from '../shared/media-job';
import { openContent } from '../shared/open-content';
import type { GeminiConnection } from './connection';

const RATIOS = ['16:9', '9:16'] as const;
const RESOLUTIONS = ['360p', '720p', '1080p', '2160p'] as const;

const STATUS: StatusWords = {
  pending: ['queued', 'in_progress', 'requires_continuation'],
  completed: ['completed'],
  // Nobody answers an interaction that asks back.
  failed: ['failed', 'incomplete', 'budget_exceeded', 'requires_action'],
  cancelled: ['cancelled'],
};

/** Creates a video as an interaction in the background. */
export async function submitVideo(connection: GeminiConnection, call: MediaCall): Promise<Submission> {
  const files = await readBase64([...call.images, ...(call.video === null ? [] : [call.video])]);
  const created = await createJob(connection, call, { path: connection.pathOf('interactions'), body: videoRequest(call, files) });
  const failure = failureOf(connection, created);
  if (failure !== null) return { ...failure, upstreamId: textOf(created['id']) ?? null };
  return { state: 'accepted', upstreamId: requireId(connection, created), pollAfterMs: connection.pollMs };
}

/**
 * The body of an interaction for a video. The route's options lie underneath, `response_format` and `generation_config` field by field.
 * @param files - the input images in base64, in the order of the call, then the input video
 * @throws AppError `unsupported_parameter` for a last frame without a first one
 */
export function videoRequest(call: MediaCall, files: readonly string[]): JsonObject {
  const { output, options = {}, images, video } = call;
  const beneath = objectOf(options['generation_config']);
  const last = images.find(({ role }) => role === 'last_frame');
  if (last !== undefined && !images.some(({ role }) => role === 'first_frame')) {
    const words = "This model's provider takes a last frame only beside a first one. Add an image with the role first_frame.";
    throw new AppError('unsupported_parameter', words, { param: 'input.images' });
  }
  const held = images.map((image, index) => ({ image, block: { type: 'image', mime_type: image.contentType, data: files[index] } }));
  // The order says which frame is the last.
  const inOrder = [...held.filter(({ image }) => image !== last), ...held.filter(({ image }) => image === last)];
  return {
    ...options,
    model: call.model,
    background: true,
    store: true,
    input: [
      ...(call.prompt === '' ? [] : [{ type: 'text', text: call.prompt }]),
      ...inOrder.map(({ block }) => block),
      ...(video === null ? [] : [{ type: 'video', mime_type: video.contentType, data: files[images.length] }]),
    ],
    response_format: overExtras(
      { delivery: 'uri', ...objectOf(options['response_format']) },
      {
        type: 'video',
        aspect_ratio: ratioSent(output, RATIOS),
        resolution: resolutionSent(output, RESOLUTIONS)?.replace('2160p', '4k'),
        duration: output.duration_s === undefined ? undefined : `${output.duration_s}s`,
      },
    ),
    generation_config: overExtras(beneath, {
      seed: output.seed,
      video_config: { task: taskOf(call), ...objectOf(beneath['video_config']) },
    }),
    ...(call.callbackUrl === null || call.callbackUrl === undefined ? {} : { webhook_config: { uris: [call.callbackUrl] } }),
    labels: { ...objectOf(options['labels']), operation: labelOf(call.operationKey) },
  };
}

function taskOf({ images, video }: MediaCall): string {
  if (video !== null) return 'edit';
  if (images.length === 0) return 'text_to_video';
  return images.some(({ role }) => role === 'first_frame') ? 'image_to_video' : 'reference_to_video';
}

/** Google's labels are of small letters, digits, `_` and `-`. */
function labelOf(operationKey: string): string {
  return operationKey
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')
    .slice(0, 63);
}

/** Looks at an interaction. */
export async function pollVideo(connection: GeminiConnection, job: JobRef): Promise<JobState> {
  const answer = await lookAt(connection, job, jobPath(connection, job));
  const body = requireObject(answer.body, 'an interaction');
  const failure = failureOf(connection, body);
  if (failure !== null) return failure;
  const status = textOf(body['status']) ?? '';
  if (meaningOf(status, STATUS) !== 'completed') return pending(connection, status, STATUS, { pollAfterMs: connection.pollMs });
  const made = outputsOf(connection, body);
  const errors = errorsOf(body);
  if (made.length > 0 || errors.length === 0) return ended(connection, { outputs: made, usage: usageOf(body), reportedMicroUsd: null });
  const { code, message } = lateErrorOfGoogle(errors[0], `Provider ${connection.name} made no video`, connection.secrets);
  return ended(connection, { outputs: [missing(code, message)], usage: null, reportedMicroUsd: null });
}

export function cancelVideo(connection: GeminiConnection, job: JobRef): Promise<boolean> {
  return stopJob(connection, job, 'POST', `${jobPath(connection, job)}/cancel`, ({ body }) => {
    const interaction = parseJson(body);
    const meaning = meaningOf(textOf(objectOf(interaction)['status']) ?? '', STATUS);
    return meaning !== 'completed' && meaning !== 'failed';
  });
}

/** Opens a file that Google keeps for the owner of the key. */
export function openVideo(connection: GeminiConnection, job: JobRef, ref: string): ReturnType<MediaProvider['open']> {
  const url = new URL(ref, connection.url(''));
  // The name of a file is no address of its bytes.
  if (/\/files\/[^/:]+$/.test(url.pathname)) url.pathname += ':download';
  if (url.pathname.endsWith(':download')) url.searchParams.set('alt', 'media');
  return openContent(connection, job, url);
}

function jobPath(connection: GeminiConnection, job: JobRef): string {
  return connection.pathOf(`interactions/${encodeURIComponent(job.upstreamId)}`);
}

/** How an interaction ended, when it ended without a result. */
function failureOf(connection: GeminiConnection, body: JsonObject): JobFailure | null {
  const status = textOf(body['status']) ?? '';
  const meaning = meaningOf(status, STATUS);
  if (meaning !== 'failed' && meaning !== 'cancelled') return null;
  const what = `The job at provider ${connection.name} ${meaning === 'cancelled' ? 'was cancelled' : 'failed'}`;
  const error: unknown = errorsOf(body)[0] ?? { code: status };
  return { state: meaning, error: lateErrorOfGoogle(error, what, connection.secrets) };
}

/** Of the whole, or of the step that made nothing. */
function errorsOf(body: JsonObject): readonly JsonObject[] {
  const errors = Array.isArray(body['errors']) ? body['errors'].filter(isObject) : [];
  return [...errors, ...[body, ...stepsOf(body)].map(({ error }) => error).filter(isObject)];
}

function outputsOf(connection: GeminiConnection, body: JsonObject): readonly ProviderOutput[] {
  const blocks = stepsOf(body)
    .filter(({ type }) => type === 'model_output')
    .flatMap(({ content }) => (Array.isArray(content) ? content.filter(isObject) : []))
    .filter(({ type }) => type === 'video');
  const last = body['output_video'];
  return (blocks.length > 0 ? blocks : isObject(last) ? [last] : []).flatMap((block) => outputOf(connection, block));
}

function outputOf(connection: GeminiConnection, block: JsonObject): readonly ProviderOutput[] {
  const data = textOf(block['data']) ?? '';
  const contentType = textOf(block['mime_type']) ?? 'video/mp4';
  if (data !== '') return [{ from: 'bytes', bytes: Buffer.from(data, 'base64'), contentType, revisedPrompt: null }];
  const uri = textOf(block['uri']) ?? '';
  const base = connection.url('');
  if (uri === '' || !URL.canParse(uri, base.href)) return [];
  // The key is for Google's own server; a link to another one needs none.
  const isOwn = new URL(uri, base).origin === base.origin;
  return [isOwn ? { from: 'provider', ref: uri, revisedPrompt: null } : { from: 'url', url: uri, revisedPrompt: null }];
}

function usageOf(body: JsonObject): Usage | null {
  const reported = body['usage'];
  const seconds = secondsOf(body);
  if (!isObject(reported)) return seconds === 0 ? null : { ...NO_USAGE, seconds };
  const count = (field: string): number => countOf(reported[field]) ?? 0;
  const reasoningTokens = count('total_thought_tokens');
  return {
    ...NO_USAGE,
    inputTokens: count('total_input_tokens') + count('total_tool_use_tokens'),
    cachedInputTokens: count('total_cached_tokens'),
    outputTokens: count('total_output_tokens') + reasoningTokens,
    reasoningTokens,
    seconds,
  };
}

/** An interaction repeats what it was asked for: `duration: "8s"`. */
function secondsOf(body: JsonObject): number {
  const formats: readonly unknown[] = [body['response_format']].flat();
  const duration = formats.map((format) => textOf(objectOf(format)['duration'])).find((text) => text !== undefined);
  return Number(/^(\d+(?:\.\d+)?)s$/.exec(duration ?? '')?.[1] ?? 0);
}

function stepsOf(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body['steps']) ? body['steps'].filter(isObject) : [];
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
