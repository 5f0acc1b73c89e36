import { AppError } from '../../../domain/errors';
import type { CallbackReading, ProviderCallback } from '../../../domain/provider/callback';
import type { JobRef, JobState, MediaCall, ProviderOutput, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { secretOption } from '../shared/api-key';
import { imageType } from '../shared/content-type';
import type { ProviderDescriptor } from '../shared/descriptor';
import { meaningOf, type StatusWords } from '../shared/job-status';
import { countOf, isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { createJob, ended, lookAt, missing, onlyLinks, outputOf, pending, requireId } from '../shared/media-job';
import { hasFault, readFault, type ProviderFault } from '../shared/provider-error';
import { type CodeReader, type VendorCodes, connectByCodes, type CodedVendor } from '../shared/vendor-codes';
import { IMAGE_PARAMS, imageBody, isSecondVersion, supports, VIDEO_PARAMS, videoBody } from './request';

const DEFAULT_POLL_MS = 10_000;
const MAX_CHALLENGE = 1_024;

/** `status_code` of `base_resp`, which comes with any HTTP status, 200 above all. */
const CODES: VendorCodes = {
  '1000': 'provider_unavailable',
  '1001': 'provider_unavailable',
  '1002': 'rate_limited',
  '1004': 'provider_auth',
  '1008': 'provider_auth',
  '1013': 'provider_unavailable',
  '1024': 'provider_unavailable',
  '1026': 'content_policy_violation',
  '1027': 'content_policy_violation',
  '1033': 'provider_unavailable',
  '1041': 'rate_limited',
  '2013': 'provider_rejected',
  '2049': 'provider_auth',
};

const STATUS: StatusWords = {
  pending: ['preparing', 'queueing', 'processing', 'queued', 'running'],
  completed: ['success', 'succeeded'],
  failed: ['fail', 'failed', 'expired'],
  cancelled: ['cancelled'],
};

/** MiniMax: Hailuo's videos in both versions of the API, and images. See docs/providers/minimax.md. */
export const minimax: ProviderDescriptor = {
  kind: 'minimax',
  address: 'https://api.minimax.io',
  options: {
    api_key: secretOption,
  },
  secretOptions: ['api_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: IMAGE_PARAMS, video: VIDEO_PARAMS },
  supports,
  create: (provider, { client }) => {
    const minimax = connectByCodes(provider, client, { codes: CODES, pollMs: DEFAULT_POLL_MS, faultOf });
    return {
      drawsWatermark: true,
      media: {
        submit: (call) => (call.kind === 'image' ? submitImage(minimax, call) : submitVideo(minimax, call)),
        poll: (job) => (isSecondVersion(job.model) ? pollSecond(minimax, job) : pollFirst(minimax, job)),
        open: onlyLinks,
        readCallback: (callback) => Promise.resolve(readCallback(callback)),
      },
    };
  },
};

async function submitVideo({ connection, reader, pollAfterMs }: CodedVendor, call: MediaCall): Promise<Submission> {
  const path = isSecondVersion(call.model) ? 'v2/video_generation' : 'v1/video_generation';
  const created = await createJob(connection, call, { path, body: await videoBody(call) });
  requireSuccess(reader, created);
  return { state: 'accepted', upstreamId: requireId(connection, created, 'task_id'), pollAfterMs };
}

async function submitImage({ connection, reader }: CodedVendor, call: MediaCall): Promise<Submission> {
  const body = await createJob(connection, call, { path: 'v1/image_generation', body: await imageBody(call), isAtOnce: true });
  requireSuccess(reader, body);
  const data = isObject(body['data']) ? body['data'] : {};
  const listIn = (name: string): readonly unknown[] => (Array.isArray(data[name]) ? (data[name] as unknown[]) : []);
  const made = [...listIn('image_base64').map(bytesOf), ...listIn('image_urls').map((url) => outputOf(url))].filter(
    (output) => output !== null,
  );
  const metadata = isObject(body['metadata']) ? body['metadata'] : {};
  // The vendor counts those that its filter kept back, some as text.
  const filtered = Math.min(countOf(Number(metadata['failed_count'] ?? 0)) ?? 0, call.output.n ?? 1);
  const absent = Math.max(filtered, (call.output.n ?? 1) - made.length);
  const what = `Provider ${connection.name} did not make this image`;
  const gone = Array.from({ length: absent }, (_, index) =>
    index < filtered
      ? missing('content_policy_violation', `${what}: its filter kept it back.`)
      : missing('outcome_unknown', `${what} and gave no reason.`),
  );
  const result = { outputs: [...made, ...gone], usage: { ...NO_USAGE, images: made.length }, reportedMicroUsd: null };
  return { ...ended(connection, result), upstreamId: null };
}

function bytesOf(base64: unknown): ProviderOutput | null {
  if (typeof base64 !== 'string' || base64 === '') return null;
  const bytes = Buffer.from(base64, 'base64');
  return { from: 'bytes', bytes, contentType: imageType(bytes) ?? 'image/jpeg', revisedPrompt: null };
}

/** The first version tells a file's id, whose link is a question of its own. */
async function pollFirst(minimax: CodedVendor, job: JobRef): Promise<JobState> {
  const { connection, reader } = minimax;
  const ask = async (path: string, what: string) => requireObject((await lookAt(connection, job, path)).body, what);
  const body = await ask(`v1/query/video_generation?task_id=${encodeURIComponent(job.upstreamId)}`, 'a task');
  const status = textOf(body['status']) ?? '';
  const meaning = meaningOf(status, STATUS);
  if (meaning === 'failed' || meaning === 'cancelled') {
    const fault = faultIn(body) ?? readFault({ message: body['error_message'] });
    return { state: meaning, error: reader.inside(fault, `The job at provider ${connection.name} ended as ${status}`) };
  }
  const trouble = faultIn(body);
  // The id is all that this question has: parameters that are refused are an id that the vendor does not know (yet).
  if (trouble?.codes.includes('2013') === true) {
    throw new AppError('provider_not_found', `Provider ${connection.name} does not know this task.`, { providerCode: '2013' });
  }
  if (trouble !== null) return judged(reader, trouble);
  if (meaning !== 'completed') return pending(connection, status, STATUS, minimax);
  const id = textOf(body['file_id']) ?? '';
  const file = id === '' ? {} : await ask(`v1/files/retrieve?file_id=${encodeURIComponent(id)}`, 'a file');
  requireSuccess(reader, file);
  const video = outputOf(isObject(file['file']) ? file['file']['download_url'] : undefined);
  return ended(connection, { outputs: video === null ? [] : [video], usage: null, reportedMicroUsd: null });
}

async function pollSecond(minimax: CodedVendor, job: JobRef): Promise<JobState> {
  const { connection, reader } = minimax;
  const body = requireObject(
    (await lookAt(connection, job, `v2/query/video_generation/${encodeURIComponent(job.upstreamId)}`)).body,
    'a task',
  );
  const trouble = faultIn(body);
  if (trouble !== null) return judged(reader, trouble);
  const task = isObject(body['task']) ? body['task'] : {};
  const status = textOf(task['status']) ?? '';
  const meaning = meaningOf(status, STATUS);
  if (meaning === 'completed') {
    const content = isObject(task['content']) ? task['content'] : {};
    const usage = isObject(task['usage']) ? task['usage'] : {};
    const seconds = countOf(usage['output_seconds']) ?? countOf(usage['total_seconds']) ?? 0;
    const video = outputOf(content['url']);
    return ended(connection, { outputs: video === null ? [] : [video], usage: { ...NO_USAGE, seconds }, reportedMicroUsd: null });
  }
  if (meaning !== 'failed' && meaning !== 'cancelled') return pending(connection, status, STATUS, minimax);
  const told = readFault(task);
  const fault = told.codes.length > 0 || status === 'failed' ? told : { ...told, codes: [status] };
  return { state: meaning, error: reader.inside(fault, `The job at provider ${connection.name} ended as ${status}`) };
}

/** An error in place of a state: about the job when its content or parameters are refused, else trouble with asking. */
function judged(reader: CodeReader, fault: ProviderFault): JobState {
  const error = reader.inside(fault);
  if (error.code === 'content_policy_violation' || error.code === 'provider_rejected') return { state: 'failed', error };
  throw error;
}

function requireSuccess(reader: CodeReader, body: JsonObject): void {
  const fault = faultIn(body);
  if (fault !== null) throw reader.inside(fault);
}

/** The failure of an answer whose status says that it failed. */
function faultOf(body: unknown): ProviderFault {
  return (isObject(body) ? faultIn(body) : null) ?? readFault(body);
}

/** What an answer tells of a failure: `base_resp` of the first version, `error` of the second; null: nothing. */
function faultIn(body: JsonObject): ProviderFault | null {
  const base = isObject(body['base_resp']) ? body['base_resp'] : {};
  const code = Number(base['status_code'] ?? 0);
  if (code !== 0) return readFault({ code: String(base['status_code']), message: base['status_msg'] });
  if (!hasFault(body)) return null;
  const status = isObject(body['error']) ? Number(body['error']['http_code']) : NaN;
  return { ...readFault(body), ...(status >= 400 && status <= 599 ? { status } : {}) };
}

/** The vendor checks an address by a challenge that it wants back; all else is unsigned, and a reason to look. */
function readCallback({ body }: ProviderCallback): CallbackReading {
  const told = parseJson(body.toString('utf8'));
  const challenge = isObject(told) ? textOf(told['challenge']) : undefined;
  return challenge === undefined || challenge.length > MAX_CHALLENGE ? { kind: 'hint' } : { kind: 'answer', json: { challenge } };
}
