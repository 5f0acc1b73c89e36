import { AppError } from '../../../domain/errors';
import type { JobRef, JobState, MediaCall, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { secretOption } from '../shared/api-key';
import { imageType } from '../shared/content-type';
import type { ProviderDescriptor } from '../shared/descriptor';
import { meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import { createJob, ended, lookAt, missing, onlyLinks, outputOf, pending, requireId, deleteJob } from '../shared/media-job';
import { hasFault, readFault } from '../shared/provider-error';
import { type CodeReader, type VendorCodes, connectByCodes, type CodedVendor } from '../shared/vendor-codes';
import { IMAGE_PARAMS, imageBody, supports, VIDEO_PARAMS, videoBody } from './request';

const TASKS = 'contents/generations/tasks';
const DEFAULT_POLL_MS = 5_000;

/** The codes that neither their parts nor the status tell; `...SensitiveContentDetected` is told by its name. */
const CODES: VendorCodes = {
  AuthenticationError: 'provider_auth',
  AccessDenied: 'provider_auth',
  AccountOverdueError: 'provider_auth',
  SetLimitExceeded: 'provider_auth',
  // The free quota of a model is used up: waiting does not bring it back.
  QuotaExceeded: 'provider_auth',
  ModelNotOpen: 'provider_not_found',
  InvalidEndpointOrModel: 'provider_not_found',
  MissingParameter: 'provider_rejected',
  InvalidParameter: 'provider_rejected',
  ServerOverloaded: 'provider_unavailable',
  InternalServiceError: 'provider_unavailable',
};

const STATUS: StatusWords = {
  pending: ['queued', 'running'],
  completed: ['succeeded'],
  failed: ['failed', 'expired'],
  cancelled: ['cancelled'],
};

/** Volcengine Ark and BytePlus ModelArk: Seedance videos and Seedream images. See docs/providers/ark.md. */
export const ark: ProviderDescriptor = {
  kind: 'ark',
  address: 'https://ark.cn-beijing.volces.com/api/v3',
  options: {
    api_key: secretOption,
  },
  secretOptions: ['api_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: IMAGE_PARAMS, video: VIDEO_PARAMS },
  supports,
  create: (provider, { client }) => {
    const ark = connectByCodes(provider, client, { codes: CODES, pollMs: DEFAULT_POLL_MS });
    return {
      drawsWatermark: true,
      media: {
        submit: (call) => (call.kind === 'image' ? submitImage(ark, call) : submitVideo(ark, call)),
        poll: (job) => pollVideo(ark, job),
        open: onlyLinks,
        cancel: (job) => cancelVideo(ark, job),
        // Unsigned: a reason to look.
        readCallback: () => Promise.resolve({ kind: 'hint' }),
      },
    };
  },
};

async function submitVideo({ connection, reader, pollAfterMs }: CodedVendor, call: MediaCall): Promise<Submission> {
  const created = await createJob(connection, call, { path: TASKS, body: await videoBody(call) });
  if (hasFault(created)) throw reader.inside(readFault(created));
  return { state: 'accepted', upstreamId: requireId(connection, created), pollAfterMs };
}

async function submitImage({ connection, reader }: CodedVendor, call: MediaCall): Promise<Submission> {
  const body = await createJob(connection, call, { path: 'images/generations', body: await imageBody(call), isAtOnce: true });
  const data: readonly unknown[] = Array.isArray(body['data']) ? body['data'] : [];
  if (data.length === 0) {
    if (hasFault(body)) throw reader.inside(readFault(body));
    throw new AppError('provider_bad_response', `Provider ${connection.name} answered without an image.`);
  }
  const absent = `Provider ${connection.name} did not make this image`;
  const told = data.map((item) => imageOf(isObject(item) ? item : {}) ?? absentImage(reader, isObject(item) ? item : {}, absent));
  // The model decides how many it makes of a series.
  const rest = Array.from({ length: Math.max(0, (call.output.n ?? 1) - told.length) }, () => absentImage(reader, {}, absent));
  const outputs = [...told, ...rest];
  const usage = isObject(body['usage']) ? body['usage'] : {};
  const images = outputs.filter(({ from }) => from !== 'missing').length;
  const result = { outputs, usage: { ...NO_USAGE, images, outputTokens: countOf(usage['output_tokens']) ?? 0 }, reportedMicroUsd: null };
  return { ...ended(connection, result), upstreamId: null };
}

function imageOf(item: JsonObject): ProviderOutput | null {
  const base64 = textOf(item['b64_json']) ?? '';
  if (base64 === '') return outputOf(item['url']);
  const bytes = Buffer.from(base64, 'base64');
  return { from: 'bytes', bytes, contentType: imageType(bytes) ?? 'image/jpeg', revisedPrompt: null };
}

function absentImage(reader: CodeReader, item: JsonObject, what: string): ProviderOutput {
  if (!hasFault(item)) return missing('outcome_unknown', `${what} and gave no reason.`);
  const { code, message } = reader.inside(readFault(item), what);
  return missing(code, message);
}

async function pollVideo(ark: CodedVendor, job: JobRef): Promise<JobState> {
  const { connection, reader } = ark;
  const task = requireObject((await lookAt(connection, job, taskPath(job))).body, 'a task');
  const status = textOf(task['status']) ?? '';
  const meaning = meaningOf(status, STATUS);
  if (meaning === 'completed') {
    const content = isObject(task['content']) ? task['content'] : {};
    const usage = isObject(task['usage']) ? task['usage'] : {};
    const video = outputOf(content['video_url']);
    const seconds = countOf(task['duration']) ?? 0;
    const outputTokens = countOf(usage['completion_tokens']) ?? 0;
    return ended(connection, {
      outputs: video === null ? [] : [video],
      usage: { ...NO_USAGE, seconds, outputTokens },
      reportedMicroUsd: null,
    });
  }
  // No task at all: trouble with asking.
  if (status === '' && hasFault(task)) throw reader.inside(readFault(task));
  if (meaning !== 'failed' && meaning !== 'cancelled') return pending(connection, status, STATUS, ark);
  const told = readFault(task);
  const fault = told.codes.length > 0 || status === 'failed' ? told : { ...told, codes: [status] };
  return { state: meaning, error: reader.inside(fault, `The job at provider ${connection.name} ended as ${status}`) };
}

/** Stops a task that is still queued: deleting one that has ended would remove its record, and with it a result that was paid for. */
function cancelVideo({ connection }: CodedVendor, job: JobRef): Promise<boolean> {
  return deleteJob(connection, job, taskPath(job), (body) => requireObject(body, 'a task')['status'] === 'queued');
}

function taskPath({ upstreamId }: JobRef): string {
  return `${TASKS}/${encodeURIComponent(upstreamId)}`;
}
