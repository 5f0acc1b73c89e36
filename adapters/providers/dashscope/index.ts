import { AppError } from '../../../domain/errors';
import type { JobRef, JobState, MediaCall, MediaResult, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { secretOption } from '../shared/api-key';
import type { ProviderDescriptor } from '../shared/descriptor';
import { meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import { createJob, ended, lookAt, missing, onlyLinks, outputOf, pending, requireId, stopJob } from '../shared/media-job';
import { readFault } from '../shared/provider-error';
import { type VendorCodes, connectByCodes, type CodedVendor } from '../shared/vendor-codes';
import { imageRequest, PARAMS, supports, videoRequest } from './request';

/** The vendor allows twenty looks a second for an account. */
const DEFAULT_POLL_MS = 15_000;

/** The same codes stand in refusals and in failed tasks. */
const CODES: VendorCodes = {
  InvalidApiKey: 'provider_auth',
  AccessDenied: 'provider_auth',
  'Model.AccessDenied': 'provider_auth',
  'Workspace.AccessDenied': 'provider_auth',
  Arrearage: 'provider_auth',
  insufficient_quota: 'provider_auth',
  AllocationQuota: 'provider_auth',
  ModelNotFound: 'provider_not_found',
  'Model.NotFound': 'provider_not_found',
  InvalidParameter: 'provider_rejected',
  InvalidURL: 'provider_rejected',
  DataInspectionFailed: 'content_policy_violation',
  IPInfringementSuspect: 'content_policy_violation',
  Throttling: 'rate_limited',
  InternalError: 'provider_unavailable',
  SystemError: 'provider_unavailable',
  ServiceUnavailable: 'provider_unavailable',
  RequestTimeOut: 'provider_unavailable',
};

const STATUS: StatusWords = {
  pending: ['pending', 'suspended', 'running'],
  completed: ['succeeded'],
  failed: ['failed'],
  cancelled: ['canceled', 'cancelled'],
};

/** Alibaba's Model Studio: Wan's videos and images, Qwen-Image. See docs/providers/dashscope.md. */
export const dashscope: ProviderDescriptor = {
  kind: 'dashscope',
  address: 'https://dashscope-intl.aliyuncs.com/api/v1',
  options: {
    api_key: secretOption,
  },
  secretOptions: ['api_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: PARAMS, video: PARAMS },
  supports,
  create: (provider, { client }) => {
    const dashscope = connectByCodes(provider, client, { codes: CODES, pollMs: DEFAULT_POLL_MS });
    return {
      drawsWatermark: true,
      media: {
        submit: (call) => submit(dashscope, call),
        poll: (job) => poll(dashscope, job),
        open: onlyLinks,
        // The vendor refuses when the task is not waiting any more.
        cancel: (job) => stopJob(dashscope.connection, job, 'POST', `${taskPath(job)}/cancel`),
      },
    };
  },
};

async function submit(dashscope: CodedVendor, call: MediaCall): Promise<Submission> {
  const { connection, pollAfterMs } = dashscope;
  const { path, body, isAtOnce } = await (call.kind === 'image' ? imageRequest(call) : videoRequest(call));
  const headers = isAtOnce ? undefined : { 'x-dashscope-async': 'enable' };
  const answer = await createJob(connection, call, { path, body, isAtOnce, ...(headers === undefined ? {} : { headers }) });
  const output = outputIn(dashscope, answer);
  if (!isAtOnce) return { state: 'accepted', upstreamId: requireId(connection, output, 'task_id'), pollAfterMs };
  return { ...ended(connection, resultOf(dashscope, answer, output)), upstreamId: null };
}

async function poll(dashscope: CodedVendor, job: JobRef): Promise<JobState> {
  const { connection, reader } = dashscope;
  const answer = requireObject((await lookAt(connection, job, taskPath(job))).body, 'a task');
  const output = outputIn(dashscope, answer);
  const status = textOf(output['task_status']) ?? '';
  // What the vendor forgets, after a day, or does not know yet.
  if (status === 'UNKNOWN') throw new AppError('provider_not_found', `Provider ${connection.name} does not know this task.`);
  const meaning = meaningOf(status, STATUS);
  if (meaning === 'completed') return ended(connection, resultOf(dashscope, answer, output));
  if (meaning !== 'failed' && meaning !== 'cancelled') return pending(connection, status, STATUS, dashscope);
  const what = `The job at provider ${connection.name} ${meaning === 'failed' ? 'failed' : 'was cancelled'}`;
  return { state: meaning, error: reader.inside(readFault(output), what) };
}

/** `output` of an answer. An error in its place comes with a successful status from some. */
function outputIn({ reader, connection }: CodedVendor, answer: JsonObject): JsonObject {
  if (isObject(answer['output'])) return answer['output'];
  if ((textOf(answer['code']) ?? '') !== '') throw reader.inside(readFault(answer));
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered without an output.`);
}

/** A video, or images: a list of links in a task, the contents of choices at once. */
function resultOf({ connection, reader }: CodedVendor, answer: JsonObject, output: JsonObject): MediaResult {
  const usage = isObject(answer['usage']) ? answer['usage'] : {};
  const revisedPrompt = textOf(output['actual_prompt']) ?? null;
  const video = outputOf(output['video_url'], revisedPrompt);
  if (video !== null) {
    const seconds = countOf(usage['output_video_duration']) ?? countOf(usage['duration']) ?? countOf(usage['video_duration']) ?? 0;
    return { outputs: [video], usage: { ...NO_USAGE, seconds }, reportedMicroUsd: null };
  }
  const what = `Provider ${connection.name} did not make this image`;
  const outputs = imagesIn(output).map((item): ProviderOutput => {
    const image = outputOf(item['url'] ?? item['image'], textOf(item['actual_prompt']) ?? revisedPrompt);
    if (image !== null) return image;
    if ((textOf(item['code']) ?? '') === '') return missing('outcome_unknown', `${what} and gave no reason.`);
    const { code, message } = reader.inside(readFault(item), what);
    return missing(code, message);
  });
  const images = outputs.filter(({ from }) => from !== 'missing').length;
  return { outputs, usage: { ...NO_USAGE, images }, reportedMicroUsd: null };
}

function imagesIn(output: JsonObject): readonly JsonObject[] {
  const listIn = (holder: JsonObject, name: string) => (Array.isArray(holder[name]) ? (holder[name] as unknown[]).filter(isObject) : []);
  const contents = listIn(output, 'choices').flatMap(({ message }) => (isObject(message) ? listIn(message, 'content') : []));
  return [...listIn(output, 'results'), ...contents.filter((item) => item['text'] === undefined)];
}

function taskPath({ upstreamId }: JobRef): string {
  return `tasks/${encodeURIComponent(upstreamId)}`;
}
